-- Orders of a user are listed on the "My page".
CREATE INDEX idx_orders_user_id ON orders (user_id);
