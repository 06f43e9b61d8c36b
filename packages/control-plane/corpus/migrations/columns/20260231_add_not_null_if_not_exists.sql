ALTER TABLE IF EXISTS public.orders ADD COLUMN IF NOT EXISTS tax_rate numeric(4,2) NOT NULL CHECK (tax_rate >= 0);
