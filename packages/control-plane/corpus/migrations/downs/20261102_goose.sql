-- +goose Up
SET lock_timeout = '2s';
-- +goose StatementBegin
CREATE FUNCTION users_normalize() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email := lower(NEW.email);
  RETURN NEW;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER users_normalize BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION users_normalize();

-- +goose Down
DROP TRIGGER users_normalize ON users;
DROP FUNCTION users_normalize();
