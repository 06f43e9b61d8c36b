SET lock_timeout = '2s';
ALTER TABLE products ADD COLUMN jan_code varchar(13) UNIQUE;
