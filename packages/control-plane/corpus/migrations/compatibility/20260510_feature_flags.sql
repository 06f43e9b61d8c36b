CREATE TABLE feature_flags (key text PRIMARY KEY, enabled boolean NOT NULL DEFAULT false, updated_at timestamptz NOT NULL DEFAULT now());
GRANT SELECT, UPDATE (enabled) ON feature_flags TO app_user;
COMMENT ON TABLE feature_flags IS 'DROP TABLE users; -- only a comment';
INSERT INTO feature_flags (key) VALUES ('new-checkout'), ('DELETE FROM users');
