CREATE TEMP TABLE work (id bigint, code text);
INSERT INTO work SELECT id, coupon_code FROM orders WHERE coupon_code IS NOT NULL;
DELETE FROM work;
TRUNCATE work;
DROP TABLE work;
