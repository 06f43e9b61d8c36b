CREATE OR REPLACE FUNCTION tops(n int) RETURNS TABLE (id int, place int) LANGUAGE sql AS $$ SELECT n, 1 $$;
