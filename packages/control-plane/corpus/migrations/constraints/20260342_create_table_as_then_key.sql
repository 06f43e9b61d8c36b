CREATE TABLE user_emails AS SELECT id AS user_id, email FROM users;
ALTER TABLE user_emails ADD PRIMARY KEY (user_id);
ALTER TABLE user_emails ADD CONSTRAINT user_emails_email CHECK (email <> '');
ALTER TABLE user_emails ALTER COLUMN email SET NOT NULL;
