SAVEPOINT a;
SET LOCAL lock_timeout = '2s';
ROLLBACK TO SAVEPOINT a;
ALTER TABLE users ADD COLUMN nickname text;
