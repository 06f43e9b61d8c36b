SET LOCAL statement_timeout = '30s';
UPDATE orders SET currency = 'JPY' WHERE currency = '' AND created_at >= '2026-01-01';
