SET lock_timeout = '2s';
ALTER TABLE plans DROP CONSTRAINT plans_pkey;
