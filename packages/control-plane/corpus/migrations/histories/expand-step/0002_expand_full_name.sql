SET lock_timeout = '2s';
ALTER TABLE members ADD COLUMN full_name text;
CREATE FUNCTION members_sync_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.full_name := coalesce(NEW.full_name, NEW.name);
  NEW.name := coalesce(NEW.name, NEW.full_name);
  RETURN NEW;
END $$;
CREATE TRIGGER members_sync_name BEFORE INSERT OR UPDATE ON members FOR EACH ROW EXECUTE FUNCTION members_sync_name();
