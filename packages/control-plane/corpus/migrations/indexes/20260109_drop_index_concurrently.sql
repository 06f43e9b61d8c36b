-- pg_stat_user_indexes.idx_scan = 0 since 2025-08
DROP INDEX CONCURRENTLY users_legacy_name_idx;
