DROP TABLE IF EXISTS public.settings, public.payments CASCADE;
