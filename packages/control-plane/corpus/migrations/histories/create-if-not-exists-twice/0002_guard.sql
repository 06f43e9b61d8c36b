SET lock_timeout = '2s';
CREATE TABLE IF NOT EXISTS staff (id bigint PRIMARY KEY, name text NOT NULL);
ALTER TABLE staff ADD COLUMN IF NOT EXISTS hired_on date;
