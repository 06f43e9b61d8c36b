-- migrate:up
CREATE TYPE memo_kind AS ENUM ('todo', 'note');
CREATE TABLE memos (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind memo_kind NOT NULL);

-- migrate:down
DROP TYPE memo_kind;
DROP TABLE memos;
