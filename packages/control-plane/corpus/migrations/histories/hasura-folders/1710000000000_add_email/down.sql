SET lock_timeout = '2s';
ALTER TABLE staff DROP COLUMN email;
