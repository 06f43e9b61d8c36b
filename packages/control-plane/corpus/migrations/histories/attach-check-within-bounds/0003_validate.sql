SET lock_timeout = '2s';
ALTER TABLE visits_archive VALIDATE CONSTRAINT visits_archive_day;
