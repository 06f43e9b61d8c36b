-- +migrate Up notransaction
CREATE INDEX CONCURRENTLY invoices_order_idx ON invoices (order_id);

-- +migrate Down notransaction
DROP INDEX CONCURRENTLY invoices_order_idx;
