SET lock_timeout = '2s';
ALTER TABLE users
  ADD COLUMN a timestamptz DEFAULT statement_timestamp(),
  ADD COLUMN b timestamp DEFAULT LOCALTIMESTAMP,
  ADD COLUMN c text DEFAULT md5(now()::text),
  ADD COLUMN d text DEFAULT current_user,
  ADD COLUMN e date DEFAULT 'today',
  ADD COLUMN f bigint DEFAULT (extract(epoch FROM CURRENT_TIMESTAMP) * 1000)::bigint;
