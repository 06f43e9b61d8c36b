SET lock_timeout = '2s';
ALTER TABLE staff ALTER COLUMN id DROP IDENTITY;
