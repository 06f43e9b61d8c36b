CREATE FUNCTION default_locale() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 'ja-JP' $$;
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN locale text DEFAULT default_locale();
