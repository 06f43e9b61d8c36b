-- migrate:up
INSERT INTO settings (key, value) VALUES ('mode', 'new') ON CONFLICT DO NOTHING;

-- migrate:down
DELETE FROM settings WHERE true;
