CREATE TABLE order_audit (
  order_id bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  old_row jsonb,
  id uuid PRIMARY KEY DEFAULT uuidv7()
);
CREATE FUNCTION audit_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  INSERT INTO order_audit (order_id, old_row) VALUES (OLD.id, to_jsonb(OLD));
  RETURN NULL;
END $$;
SET lock_timeout = '2s';
CREATE TRIGGER orders_audit AFTER UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION audit_order();
