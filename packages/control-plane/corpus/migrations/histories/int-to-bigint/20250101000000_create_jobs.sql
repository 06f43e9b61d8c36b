CREATE TABLE jobs (id serial PRIMARY KEY, kind text NOT NULL, attempts smallint NOT NULL DEFAULT 0);
