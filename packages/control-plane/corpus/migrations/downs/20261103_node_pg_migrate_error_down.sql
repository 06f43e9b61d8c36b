-- Up Migration
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN display_name text;

-- Down Migration
ALTER TABLE users DROP COLUMN displayname;
