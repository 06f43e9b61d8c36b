SET lock_timeout = '2s';
ALTER TABLE invoices ALTER issued_on TYPE timestamptz;
