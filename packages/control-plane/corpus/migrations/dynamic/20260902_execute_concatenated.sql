DO $$
DECLARE
  target constant text := 'plans';
  verb text := 'DROP';
BEGIN
  EXECUTE verb || ' TABLE ' || quote_ident(target);
END $$;
