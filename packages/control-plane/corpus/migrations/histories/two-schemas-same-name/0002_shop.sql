CREATE SCHEMA shop;
CREATE TABLE shop.contacts (id bigint PRIMARY KEY, email text NOT NULL);
CREATE INDEX contacts_email_idx ON shop.contacts (email);
ALTER TABLE shop.contacts ADD CONSTRAINT contacts_email_check CHECK (email <> '');
