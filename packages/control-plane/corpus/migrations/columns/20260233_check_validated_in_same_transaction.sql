SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD CONSTRAINT users_name_nn CHECK (name IS NOT NULL);
ALTER TABLE users ALTER COLUMN name SET NOT NULL;
