SET lock_timeout = '2s';
ALTER TABLE users DROP CONSTRAINT users_organization_id_fkey;
