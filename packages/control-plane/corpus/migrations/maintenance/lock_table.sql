BEGIN;
LOCK TABLE orders;
UPDATE orders SET note = trim(note) WHERE note LIKE ' %';
COMMIT;
