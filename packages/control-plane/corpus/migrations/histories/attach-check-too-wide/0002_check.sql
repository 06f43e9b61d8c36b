SET lock_timeout = '2s';
ALTER TABLE visits_archive ADD CONSTRAINT visits_archive_day CHECK (day >= '2026-01-01' AND day < '2026-03-01') NOT VALID;
