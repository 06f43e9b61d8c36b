SET lock_timeout = '2s';
ALTER DOMAIN email_address ADD CONSTRAINT email_lower CHECK (VALUE = lower(VALUE)) NOT VALID;
