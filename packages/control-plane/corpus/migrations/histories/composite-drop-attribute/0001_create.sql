CREATE TYPE money_amount AS (currency char(3), minor bigint);
CREATE TABLE quotes (id bigint PRIMARY KEY, amount money_amount);
