SET lock_timeout = '2s';
ALTER TABLE logs ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC';
