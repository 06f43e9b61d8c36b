ALTER TABLE products
  ADD COLUMN weight_grams integer,
  ADD COLUMN search_token uuid DEFAULT gen_random_uuid(),
  ADD COLUMN origin_country char(2) DEFAULT 'JP';
