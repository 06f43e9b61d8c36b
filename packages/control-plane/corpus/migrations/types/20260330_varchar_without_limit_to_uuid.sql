SET lock_timeout = '2s';
ALTER TABLE payments ALTER COLUMN external_id TYPE uuid USING external_id::uuid;
