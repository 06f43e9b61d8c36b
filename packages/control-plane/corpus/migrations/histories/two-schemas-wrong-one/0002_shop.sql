CREATE SCHEMA shop;
CREATE TABLE shop.contacts (id bigint PRIMARY KEY, email text NOT NULL);
CREATE INDEX contacts_email_idx ON crm.contacts (email);
