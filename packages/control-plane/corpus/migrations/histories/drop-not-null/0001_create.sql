CREATE TABLE staff (id bigint PRIMARY KEY, name varchar(40) NOT NULL);
