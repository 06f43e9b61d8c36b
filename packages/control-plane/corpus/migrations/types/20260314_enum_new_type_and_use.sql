CREATE TYPE refund_reason AS ENUM ('defect', 'late');
ALTER TYPE refund_reason ADD VALUE 'other';
CREATE TABLE refunds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reason refund_reason NOT NULL DEFAULT 'other'
);
