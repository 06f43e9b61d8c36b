CREATE TABLE prices (id bigint PRIMARY KEY, amount numeric(8, 2) NOT NULL, valid_from timestamptz(3) NOT NULL);
