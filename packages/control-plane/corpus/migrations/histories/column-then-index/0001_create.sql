CREATE TABLE staff (id bigint PRIMARY KEY);
