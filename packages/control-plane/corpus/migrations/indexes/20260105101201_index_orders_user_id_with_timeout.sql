SET lock_timeout = '3s';
SET statement_timeout = '15min';

CREATE INDEX IF NOT EXISTS idx_orders_user_id_created
    ON public.orders USING btree (user_id, created_at DESC)
    WHERE status <> 'cancelled';
