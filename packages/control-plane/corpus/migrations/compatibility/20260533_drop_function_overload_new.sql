CREATE FUNCTION normalize_phone(p text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT regexp_replace(p, '[^0-9]', '', 'g') $$;
UPDATE users SET phone = normalize_phone(phone) WHERE phone ~ '[^0-9]' AND id <= 10;
DROP FUNCTION normalize_phone(text);
