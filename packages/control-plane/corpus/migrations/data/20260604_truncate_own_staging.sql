CREATE TABLE price_import (sku text, price integer);
INSERT INTO price_import VALUES ('SKU-1', 120), ('SKU-2', 300);
UPDATE products p SET price_cents = i.price FROM price_import i WHERE i.sku = p.sku;
TRUNCATE price_import;
