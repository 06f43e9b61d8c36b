LOCK TABLE public.payments IN SHARE ROW EXCLUSIVE MODE;
UPDATE payments SET state = 'expired' WHERE state = 'new' AND created_at < now() - interval '30 days';
