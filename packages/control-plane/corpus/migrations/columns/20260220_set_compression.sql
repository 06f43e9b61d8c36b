SET lock_timeout = '2s';
ALTER TABLE products ALTER COLUMN description SET COMPRESSION pglz;
