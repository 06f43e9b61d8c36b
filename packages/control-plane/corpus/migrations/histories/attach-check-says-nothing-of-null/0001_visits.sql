CREATE TABLE visits (id bigint NOT NULL, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_archive (id bigint NOT NULL, day date);
INSERT INTO visits_archive SELECT n, '2026-02-10' FROM generate_series(1, 50) n;
