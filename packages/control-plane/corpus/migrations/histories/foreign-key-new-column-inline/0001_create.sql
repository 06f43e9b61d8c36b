CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE staff (id bigint PRIMARY KEY);
