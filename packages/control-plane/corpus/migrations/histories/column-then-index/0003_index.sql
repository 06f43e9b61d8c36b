CREATE INDEX CONCURRENTLY staff_email_idx ON staff (email) WHERE email IS NOT NULL;
