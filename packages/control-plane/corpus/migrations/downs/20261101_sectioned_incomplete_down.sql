-- migrate:up
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN nickname text;
CREATE TABLE nickname_history (user_id bigint NOT NULL, nickname text NOT NULL);

-- migrate:down
ALTER TABLE users DROP COLUMN nickname;
