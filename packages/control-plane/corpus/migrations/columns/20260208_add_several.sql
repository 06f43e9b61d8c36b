BEGIN;
SET LOCAL lock_timeout = '1500ms';
SET LOCAL statement_timeout = '5s';
ALTER TABLE public.products
  ADD COLUMN IF NOT EXISTS weight_grams integer,
  ADD COLUMN IF NOT EXISTS origin_country char(2) DEFAULT 'JP',
  ADD COLUMN IF NOT EXISTS tags text[] NOT NULL DEFAULT '{}'::text[],
  ADD COLUMN IF NOT EXISTS attributes jsonb NOT NULL DEFAULT '{}';
COMMIT;
