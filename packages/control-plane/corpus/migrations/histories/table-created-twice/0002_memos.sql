CREATE TABLE memos (id bigint PRIMARY KEY, body text);
