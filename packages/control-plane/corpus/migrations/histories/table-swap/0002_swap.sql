CREATE TABLE ledger_new (id bigint PRIMARY KEY, amount_minor bigint NOT NULL);
INSERT INTO ledger_new SELECT id, (amount * 100)::bigint FROM ledger;
ALTER TABLE ledger RENAME TO ledger_old;
ALTER TABLE ledger_new RENAME TO ledger;
