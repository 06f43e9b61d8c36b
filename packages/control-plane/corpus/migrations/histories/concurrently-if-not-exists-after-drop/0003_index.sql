CREATE INDEX CONCURRENTLY IF NOT EXISTS memos_body_idx ON memos (body);
