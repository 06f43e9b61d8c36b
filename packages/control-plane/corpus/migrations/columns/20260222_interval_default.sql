SET lock_timeout = '2s';
ALTER TABLE invoices ADD COLUMN due_on date NOT NULL DEFAULT (CURRENT_DATE + INTERVAL '30 days')::date;
