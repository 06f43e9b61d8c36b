SET lock_timeout = '2s';
CREATE DOMAIN postal_code AS text CHECK (VALUE ~ '^[0-9]{3}-[0-9]{4}$');
ALTER TABLE "Customer" ADD COLUMN "postalCode" postal_code DEFAULT '100-0001';
