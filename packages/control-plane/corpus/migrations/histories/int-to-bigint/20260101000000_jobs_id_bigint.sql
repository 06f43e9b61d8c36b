SET lock_timeout = '2s';
ALTER SEQUENCE jobs_id_seq AS bigint;
ALTER TABLE jobs ALTER COLUMN id TYPE bigint;
