SET lock_timeout = '2s';
ALTER TABLE memos ALTER COLUMN bodi SET DEFAULT '';
