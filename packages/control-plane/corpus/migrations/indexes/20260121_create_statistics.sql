CREATE STATISTICS orders_status_shipping (dependencies, ndistinct) ON status, shipping FROM orders;
