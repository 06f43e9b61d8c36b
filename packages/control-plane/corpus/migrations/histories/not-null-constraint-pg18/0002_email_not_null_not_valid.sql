SET lock_timeout = '2s';
ALTER TABLE members ADD CONSTRAINT members_email_nn NOT NULL email NOT VALID;
