-- Up Migration
CREATE TABLE coupons (code text PRIMARY KEY, percent integer NOT NULL CHECK (percent BETWEEN 1 AND 100));
CREATE INDEX coupons_percent_idx ON coupons (percent);

-- Down Migration
DROP TABLE coupons;
