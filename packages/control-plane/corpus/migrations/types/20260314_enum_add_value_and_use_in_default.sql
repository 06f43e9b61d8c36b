BEGIN;
ALTER TYPE order_status ADD VALUE 'draft' BEFORE 'pending';
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'draft';
COMMIT;
