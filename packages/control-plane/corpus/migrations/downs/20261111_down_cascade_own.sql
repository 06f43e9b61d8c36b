-- +migrate Up
CREATE TABLE memos (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
CREATE VIEW memo_list AS SELECT id FROM memos;

-- +migrate Down
DROP TABLE IF EXISTS memos CASCADE;
