-- migrate:up
INSERT INTO settings (key, value) VALUES ('beta', 'on') ON CONFLICT DO NOTHING;

-- migrate:down
DELETE FROM settings WHERE key = 'beta';
