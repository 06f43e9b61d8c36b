SET lock_timeout = '2s';
ALTER TABLE memos RENAME COLUMN body TO content;
