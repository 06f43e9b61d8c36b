SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN bucket integer NOT NULL DEFAULT random(0, 99);
