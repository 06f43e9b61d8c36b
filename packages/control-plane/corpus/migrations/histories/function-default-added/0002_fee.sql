CREATE OR REPLACE FUNCTION fee_of(amount numeric, rate numeric DEFAULT 0.1) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT amount * rate $$;
