CREATE TABLE memos (id bigint PRIMARY KEY, body text);
CREATE INDEX memos_body ON memos (body);
