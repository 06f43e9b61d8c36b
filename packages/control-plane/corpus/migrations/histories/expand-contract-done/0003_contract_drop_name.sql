-- contract: name は full_name に移行済み
SET lock_timeout = '2s';
ALTER TABLE members DROP COLUMN name;
