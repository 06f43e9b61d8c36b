SELECT setval('invoice_number_seq', greatest((SELECT max(id) FROM invoices), (SELECT last_value FROM invoice_number_seq)));
