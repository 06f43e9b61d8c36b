SET lock_timeout = '2s';
ALTER TABLE staff ADD COLUMN email text;
