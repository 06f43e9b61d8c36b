CREATE TABLE IF NOT EXISTS login_attempts (
  id    bigserial PRIMARY KEY,
  email varchar(255) NOT NULL,
  at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS login_attempts_email_idx ON login_attempts (email, at);
