SET lock_timeout = '2s';
ALTER TABLE users ADD CONSTRAINT users_name_not_null NOT NULL name;
