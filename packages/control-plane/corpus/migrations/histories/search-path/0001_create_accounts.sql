CREATE SCHEMA billing;
CREATE TABLE billing.accounts (id bigint PRIMARY KEY);
