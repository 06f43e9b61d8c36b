SET lock_timeout = '2s';
ALTER TABLE products ADD COLUMN weight integer;
RESET lock_timeout;
ALTER TABLE users ADD COLUMN nickname text;
