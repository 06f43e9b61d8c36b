CREATE TABLE page_views (
  id bigint GENERATED ALWAYS AS IDENTITY,
  path text NOT NULL,
  viewed_at timestamptz NOT NULL,
  PRIMARY KEY (id, viewed_at)
) PARTITION BY RANGE (viewed_at);
CREATE TABLE page_views_2026_06 PARTITION OF page_views FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
CREATE TABLE page_views_default PARTITION OF page_views DEFAULT;
CREATE INDEX page_views_path_idx ON page_views (path);
