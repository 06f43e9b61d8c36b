-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY payments_order_idx ON payments (order_id);

-- +goose Down
DROP INDEX CONCURRENTLY payments_order_idx;
