CREATE INDEX CONCURRENTLY staff_name_idx ON staff (name);
