CREATE INDEX memos_body ON memos (body);
