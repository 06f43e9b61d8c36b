-- expand 1/3: payments.order_id は bigint のまま、external_ref を追加して二重書き込みする
SET lock_timeout = '2s';
ALTER TABLE payments ADD COLUMN amount_minor bigint;
CREATE FUNCTION payments_sync_amount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.amount_minor := (NEW.amount * 100)::bigint;
  RETURN NEW;
END $$;
CREATE TRIGGER payments_sync_amount BEFORE INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION payments_sync_amount();
