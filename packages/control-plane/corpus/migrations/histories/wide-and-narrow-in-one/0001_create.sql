CREATE TABLE staff (id bigint PRIMARY KEY, a varchar(10), b varchar(30));
