SET LOCAL lock_timeout = '2s';
SAVEPOINT before_index;
ALTER TABLE users ADD COLUMN time_zone text;
RELEASE SAVEPOINT before_index;
