CREATE PROCEDURE backfill_orders_updated_at() LANGUAGE plpgsql AS $$
BEGIN
  FOR n IN 0..3 LOOP
    UPDATE orders SET updated_at = created_at WHERE id > n * 50 AND id <= (n + 1) * 50 AND updated_at IS NULL;
    COMMIT;
  END LOOP;
END $$;
CALL backfill_orders_updated_at();
