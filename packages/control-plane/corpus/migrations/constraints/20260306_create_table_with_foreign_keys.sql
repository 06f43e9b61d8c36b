SET lock_timeout = '2s';
CREATE TABLE addresses (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id     bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  postal_code text   NOT NULL CHECK (postal_code ~ '^[0-9]{3}-[0-9]{4}$'),
  prefecture  text   NOT NULL,
  line1       text   NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, postal_code, line1)
);
CREATE INDEX addresses_user_id_idx ON addresses (user_id);
