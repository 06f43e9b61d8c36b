SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN total_cents bigint;
DO $$
DECLARE first_id bigint := 0;
BEGIN
  WHILE first_id < 400 LOOP
    UPDATE orders SET total_cents = (total * 100)::bigint WHERE id > first_id AND id <= first_id + 100;
    first_id := first_id + 100;
  END LOOP;
END $$;
