SET lock_timeout = '2s';
ALTER TABLE members ALTER COLUMN email SET NOT NULL;
ALTER TABLE members DROP CONSTRAINT members_email_present;
