DROP INDEX CONCURRENTLY IF EXISTS public.users_legacy_name_idx;
