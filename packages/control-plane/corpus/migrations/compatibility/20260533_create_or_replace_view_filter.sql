CREATE OR REPLACE VIEW public.active_users (id, email, name) AS
  SELECT u.id, u.email, u.name FROM public.users u WHERE u.deleted_at IS NULL;
COMMENT ON VIEW active_users IS '退会していない利用者';
GRANT SELECT ON active_users TO readonly;
