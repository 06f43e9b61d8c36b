SET lock_timeout = '2s';
ALTER TABLE memos ADD COLUMN IF NOT EXISTS body text, ADD COLUMN title text;
