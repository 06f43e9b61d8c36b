CREATE TABLE sales (id bigint PRIMARY KEY, day date, total numeric);
CREATE MATERIALIZED VIEW day_totals AS SELECT day, sum(total) AS total FROM sales GROUP BY day;
CREATE INDEX day_totals_day ON day_totals (day);
