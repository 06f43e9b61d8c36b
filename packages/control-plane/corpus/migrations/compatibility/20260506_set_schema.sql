SET lock_timeout = '2s';
ALTER TABLE invoices SET SCHEMA billing;
