DELETE FROM order_items WHERE sku LIKE '%';
