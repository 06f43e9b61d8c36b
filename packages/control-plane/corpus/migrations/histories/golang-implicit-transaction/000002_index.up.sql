SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY staff_name_idx ON staff (name);
