BEGIN;
LOCK TABLE ONLY invoices IN ACCESS EXCLUSIVE MODE NOWAIT;
UPDATE invoices SET number = 'INV-' || lpad(id::text, 8, '0') WHERE number NOT LIKE 'INV-________';
COMMIT;
