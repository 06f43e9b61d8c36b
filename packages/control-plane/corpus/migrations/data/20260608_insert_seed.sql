INSERT INTO settings (key, value) VALUES
  ('banner', 'メンテナンスのお知らせ; DELETE FROM users'),
  ('maintenance', 'off')
ON CONFLICT (key) DO NOTHING;
