ALTER SEQUENCE invoice_number_seq RENAME TO invoice_numbers;
