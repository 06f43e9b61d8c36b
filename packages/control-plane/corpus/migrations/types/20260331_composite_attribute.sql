CREATE TYPE money_amount AS (currency char(3), minor bigint);
ALTER TYPE money_amount ADD ATTRIBUTE scale smallint;
CREATE TABLE quotes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount money_amount NOT NULL);
