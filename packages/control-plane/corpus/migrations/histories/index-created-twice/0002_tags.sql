CREATE TABLE tags (id bigint PRIMARY KEY, name text);
CREATE INDEX memos_body ON tags (name);
