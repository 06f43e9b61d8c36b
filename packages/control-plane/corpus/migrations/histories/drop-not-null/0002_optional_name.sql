SET lock_timeout = '2s';
ALTER TABLE staff ALTER COLUMN name DROP NOT NULL;
