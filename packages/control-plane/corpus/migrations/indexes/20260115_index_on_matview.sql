CREATE INDEX daily_payments_amount_idx ON daily_payments (amount);
