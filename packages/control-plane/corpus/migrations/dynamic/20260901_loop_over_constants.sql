SET lock_timeout = '2s';
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'orders', 'products'] LOOP
    EXECUTE format('ALTER TABLE public.%I ADD COLUMN updated_by text', t);
  END LOOP;
END $$;
