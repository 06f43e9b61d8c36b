SET lock_timeout = '2s';
ALTER TABLE orders DISABLE TRIGGER ALL;
UPDATE orders SET note = NULL WHERE note = '';
