CREATE FUNCTION default_locale() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'ja-JP'; END $$;
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN locale text DEFAULT default_locale();
