SET lock_timeout = '2s';
ALTER TABLE staff ALTER COLUMN a TYPE varchar(20), ALTER COLUMN b TYPE varchar(15);
