SET lock_timeout = '2s';
ALTER TABLE invoices ADD CONSTRAINT invoices_total_positive CHECK (total >= 0) NOT ENFORCED;
