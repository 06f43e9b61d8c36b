--! Previous: sha1:0f0a0a2d8b6d0d6c0b1f2b9d5a7c1e3f4a5b6c7d
--! Hash: sha1:1f0a0a2d8b6d0d6c0b1f2b9d5a7c1e3f4a5b6c7d
--! no-transaction

CREATE INDEX CONCURRENTLY app_posts_slug_idx ON app_posts (slug);
