ANALYZE orders (status, created_at);
