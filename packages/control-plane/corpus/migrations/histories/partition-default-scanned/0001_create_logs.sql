CREATE TABLE logs (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE logs_default PARTITION OF logs DEFAULT;
