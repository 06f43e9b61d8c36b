CREATE TABLE IF NOT EXISTS members (id bigint PRIMARY KEY, email text);
CREATE INDEX IF NOT EXISTS members_email_idx ON members (email);
