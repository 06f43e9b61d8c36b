UPDATE invoices SET total = o.total FROM orders o;
