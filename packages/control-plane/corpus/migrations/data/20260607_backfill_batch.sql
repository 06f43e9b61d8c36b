-- Backfill orders.updated_at in batches of 50 rows
CREATE PROCEDURE backfill_orders_updated_at() LANGUAGE plpgsql AS $$
DECLARE
  last_id bigint := 0;
  max_id bigint;
BEGIN
  SELECT coalesce(max(id), 0) INTO max_id FROM orders;
  WHILE last_id < max_id LOOP
    UPDATE orders SET updated_at = created_at
     WHERE id > last_id AND id <= last_id + 50 AND updated_at IS NULL;
    last_id := last_id + 50;
    COMMIT;
  END LOOP;
END $$;
CALL backfill_orders_updated_at();
DROP PROCEDURE backfill_orders_updated_at();
