ALTER INDEX orders_created_at_idx SET (fillfactor = 80);
COMMENT ON INDEX orders_created_at_idx IS 'created concurrently; do not DROP INDEX';
