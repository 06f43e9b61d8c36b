SET lock_timeout = '2s';
ALTER TABLE prices ALTER COLUMN amount TYPE numeric(12, 2), ALTER COLUMN valid_from TYPE timestamptz;
