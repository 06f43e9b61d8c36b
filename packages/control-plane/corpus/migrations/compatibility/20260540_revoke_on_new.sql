CREATE TABLE api_keys (id uuid PRIMARY KEY, digest bytea NOT NULL);
REVOKE ALL ON TABLE api_keys FROM PUBLIC;
CREATE FUNCTION rotate_key(p_id uuid) RETURNS void LANGUAGE sql AS $$ UPDATE api_keys SET digest = '\x00' WHERE id = p_id $$;
REVOKE EXECUTE ON FUNCTION rotate_key(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rotate_key(uuid) TO app_user;
