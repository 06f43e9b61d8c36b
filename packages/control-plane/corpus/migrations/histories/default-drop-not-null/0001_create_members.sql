CREATE TABLE members (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, active boolean NOT NULL DEFAULT true);
