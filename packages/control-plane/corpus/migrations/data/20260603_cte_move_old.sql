CREATE TABLE IF NOT EXISTS events_cold (LIKE events_archive_2025);
WITH moved AS (
  DELETE FROM events_archive_2025
   WHERE id IN (SELECT id FROM events_archive_2025 WHERE kind = 'debug' ORDER BY id LIMIT 5000)
  RETURNING *
)
INSERT INTO events_cold SELECT * FROM moved;
