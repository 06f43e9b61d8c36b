-- 来月分のパーティション
SET lock_timeout = '2s';
CREATE TABLE events_2026_06 PARTITION OF events FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
