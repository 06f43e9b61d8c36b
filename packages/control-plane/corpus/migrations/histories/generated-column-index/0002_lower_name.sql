SET lock_timeout = '2s';
ALTER TABLE staff ADD COLUMN kana text;
CREATE INDEX staff_lower_name ON staff (lower(name));
