SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN migrated boolean NOT NULL DEFAULT false;
CREATE TABLE order_archive (LIKE orders INCLUDING DEFAULTS);
INSERT INTO order_archive SELECT * FROM orders;
