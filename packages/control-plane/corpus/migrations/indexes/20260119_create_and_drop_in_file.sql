CREATE TABLE coupon_import (code text, percent integer);
CREATE INDEX coupon_import_code ON coupon_import (code);
INSERT INTO coupon_import VALUES ('A', 10), ('B', 20);
DROP INDEX coupon_import_code;
