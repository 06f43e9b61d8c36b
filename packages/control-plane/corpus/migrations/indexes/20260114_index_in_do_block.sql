DO $migration$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_indexes WHERE indexname = 'orders_status_idx') THEN
    CREATE INDEX orders_status_idx ON public.orders (status);
  END IF;
END
$migration$;
