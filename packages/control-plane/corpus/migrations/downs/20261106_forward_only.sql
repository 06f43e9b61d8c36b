-- migrate:up
ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'on_hold';

-- migrate:down
-- Forward only: PostgreSQL cannot drop an enum value. The way back is to deploy the previous release, which never
-- writes 'on_hold'; the unused value is harmless. (ADR-0031)
SELECT 1;
