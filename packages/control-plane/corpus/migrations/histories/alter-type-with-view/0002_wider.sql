SET lock_timeout = '2s';
ALTER TABLE staff ALTER COLUMN name TYPE text;
