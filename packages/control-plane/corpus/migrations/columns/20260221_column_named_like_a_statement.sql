SET lock_timeout = '2s';
ALTER TABLE "Customer" ADD COLUMN "drop table users" text DEFAULT E'it\'s; DROP TABLE users; --';
COMMENT ON COLUMN "Customer"."drop table users" IS $c$DELETE FROM users; TRUNCATE orders;$c$;
/* ALTER TABLE users DROP COLUMN name; /* nested */ DROP TABLE orders; */
