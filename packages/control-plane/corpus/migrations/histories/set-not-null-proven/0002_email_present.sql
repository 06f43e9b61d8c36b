SET lock_timeout = '2s';
ALTER TABLE members ADD CONSTRAINT members_email_present CHECK (email IS NOT NULL) NOT VALID;
