--! Previous: -
--! Hash: sha1:0f0a0a2d8b6d0d6c0b1f2b9d5a7c1e3f4a5b6c7d

CREATE TABLE app_posts (id bigint PRIMARY KEY, slug text NOT NULL);
