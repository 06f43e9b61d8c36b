SET lock_timeout = '2s';
ALTER TABLE invoices ADD CONSTRAINT invoices_number_unique UNIQUE (number);
