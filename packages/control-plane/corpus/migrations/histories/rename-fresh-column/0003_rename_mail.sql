SET lock_timeout = '2s';
ALTER TABLE staff RENAME COLUMN mail TO email;
