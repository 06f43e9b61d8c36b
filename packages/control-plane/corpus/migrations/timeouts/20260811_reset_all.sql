SET lock_timeout = '2s';
SET search_path = public;
RESET ALL;
ALTER TABLE users ADD COLUMN nickname text;
