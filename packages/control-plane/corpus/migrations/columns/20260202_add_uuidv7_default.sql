SET lock_timeout = '2s';
ALTER TABLE payments ADD COLUMN trace_id uuid DEFAULT uuidv7();
