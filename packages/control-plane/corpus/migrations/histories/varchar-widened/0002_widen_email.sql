SET lock_timeout = '2s';
ALTER TABLE members ALTER COLUMN email TYPE varchar(120);
ALTER TABLE members ALTER COLUMN note TYPE text;
