CREATE SCHEMA archive;
CREATE TABLE archive.memos (LIKE memos INCLUDING ALL);
CREATE INDEX memos_body ON archive.memos (body);
