SET lock_timeout = '2s';
ALTER TABLE users ALTER CONSTRAINT users_organization_id_fkey DEFERRABLE INITIALLY DEFERRED;
