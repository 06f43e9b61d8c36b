CREATE TABLE prices (id bigint PRIMARY KEY, amount numeric(8, 2) NOT NULL, label varchar(20));
CREATE INDEX prices_label_idx ON prices (label);
