SET lock_timeout = '2s';
ALTER TABLE visits ATTACH PARTITION visits_archive FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
