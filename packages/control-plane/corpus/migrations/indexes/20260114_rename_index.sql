ALTER INDEX orders_created_at_idx RENAME TO ix_orders_created_at;
