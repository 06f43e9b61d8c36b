DO $$
BEGIN
  EXECUTE format($q$DELETE FROM %I.%I$q$, 'billing', 'ledger_entries');
END $$;
