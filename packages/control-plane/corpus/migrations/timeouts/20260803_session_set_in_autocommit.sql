SET SESSION lock_timeout TO '2s';
ALTER TABLE users ADD COLUMN nickname text;
ALTER TABLE products ADD COLUMN weight integer;
