SET lock_timeout = '2s';
ALTER TABLE products ADD labels text[] NOT NULL DEFAULT ARRAY[]::text[], ADD options jsonb NOT NULL DEFAULT jsonb_build_object('v', 1);
