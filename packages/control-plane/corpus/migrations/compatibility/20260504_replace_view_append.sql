CREATE OR REPLACE VIEW active_users AS
  SELECT id, email, name, phone FROM users WHERE deleted_at IS NULL;
