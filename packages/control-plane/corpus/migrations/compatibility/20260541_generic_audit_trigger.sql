CREATE TABLE budgets (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric NOT NULL);
CREATE TABLE budgets_audit (at timestamptz NOT NULL DEFAULT now(), row jsonb NOT NULL);
CREATE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %I (row) VALUES ($1)', TG_TABLE_NAME || '_audit') USING to_jsonb(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER budgets_audit AFTER INSERT OR UPDATE ON budgets FOR EACH ROW EXECUTE FUNCTION write_audit();
