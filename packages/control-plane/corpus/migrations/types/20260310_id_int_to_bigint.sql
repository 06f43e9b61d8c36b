-- 2^31 に近づいているため bigint にする
SET lock_timeout = '2s';
ALTER TABLE payments ALTER COLUMN id TYPE bigint;
