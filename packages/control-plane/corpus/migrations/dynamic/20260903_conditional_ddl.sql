SET lock_timeout = '2s';
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = 'users' AND column_name = 'locale'
  ) THEN
    ALTER TABLE public.users ADD COLUMN locale varchar(10);
  END IF;
EXCEPTION
  WHEN duplicate_column THEN RAISE NOTICE 'locale exists';
END $$;
