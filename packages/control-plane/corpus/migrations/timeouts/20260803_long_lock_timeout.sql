SET lock_timeout = '10min';
ALTER TABLE users ADD COLUMN nickname text;
