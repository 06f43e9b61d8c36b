SET lock_timeout = '2s';
ALTER TABLE memos ADD COLUMN body text;
