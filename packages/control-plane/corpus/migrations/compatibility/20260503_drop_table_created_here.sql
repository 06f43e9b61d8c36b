CREATE UNLOGGED TABLE import_scratch (line text);
INSERT INTO import_scratch VALUES ('a'), ('b');
INSERT INTO settings (key, value) SELECT 'import:' || line, 'on' FROM import_scratch ON CONFLICT DO NOTHING;
DROP TABLE import_scratch;
