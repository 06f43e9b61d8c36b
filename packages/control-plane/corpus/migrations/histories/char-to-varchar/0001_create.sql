CREATE TABLE nets (id bigint PRIMARY KEY, network cidr NOT NULL, flags varbit(8));
