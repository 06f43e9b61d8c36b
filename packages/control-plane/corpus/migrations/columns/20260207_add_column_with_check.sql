SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN discount numeric(5,2) DEFAULT 0 CHECK (discount BETWEEN 0 AND 100);
