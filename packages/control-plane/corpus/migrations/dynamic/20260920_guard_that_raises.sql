SET lock_timeout = '2s';
DO $$
BEGIN
  IF (SELECT count(*) FROM plans WHERE price < 0) > 0 THEN
    RAISE EXCEPTION 'negative prices: clean them up first' USING ERRCODE = 'check_violation';
  END IF;
END $$;
ALTER TABLE plans ADD CONSTRAINT plans_price_positive CHECK (price >= 0) NOT VALID;
