CREATE TABLE public.accounts (id bigint PRIMARY KEY, name text);
SET LOCAL search_path = billing, public;
DROP TABLE accounts;
