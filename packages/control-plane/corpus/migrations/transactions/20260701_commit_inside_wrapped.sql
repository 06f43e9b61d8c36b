SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN nickname text;
COMMIT;
ALTER TABLE user_that_does_not_exist ADD COLUMN nickname text;
