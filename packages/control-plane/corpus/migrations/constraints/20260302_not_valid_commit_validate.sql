BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE billing.ledger_entries
  ADD CONSTRAINT ledger_entries_account_fk FOREIGN KEY (account_id) REFERENCES billing.accounts (id) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE billing.ledger_entries VALIDATE CONSTRAINT ledger_entries_account_fk;
COMMIT;
