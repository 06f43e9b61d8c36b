CREATE SCHEMA IF NOT EXISTS reporting;
CREATE TYPE reporting.period AS ENUM ('day', 'week', 'month');
CREATE TABLE reporting.exports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period reporting.period NOT NULL,
  requested_by bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA reporting TO app_user;
GRANT SELECT, INSERT ON reporting.exports TO app_user;
