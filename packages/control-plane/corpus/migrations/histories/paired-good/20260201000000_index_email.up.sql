-- no-transaction
CREATE INDEX CONCURRENTLY members_email_idx ON members (email);
