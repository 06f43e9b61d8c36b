SET lock_timeout = '2s';
ALTER TABLE nets ALTER COLUMN network TYPE inet, ALTER COLUMN flags TYPE varbit(16);
