DO $do$
BEGIN
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'legacy_name') THEN
    ALTER TABLE users DROP COLUMN legacy_name;
  END IF;
END
$do$ LANGUAGE plpgsql;
