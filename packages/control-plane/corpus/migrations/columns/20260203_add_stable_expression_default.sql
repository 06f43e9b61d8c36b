SET lock_timeout = '2s';
ALTER TABLE invoices ADD COLUMN fiscal_year integer DEFAULT extract(year FROM CURRENT_DATE)::integer;
