SET lock_timeout = '2s';
ALTER TABLE orders
  ADD COLUMN coupon_id bigint,
  DROP COLUMN coupon_code,
  ALTER COLUMN note SET DEFAULT '';
