CREATE TABLE payments_archive (LIKE payments INCLUDING DEFAULTS);
WITH moved AS (DELETE FROM payments RETURNING *)
INSERT INTO payments_archive SELECT * FROM moved;
