CREATE TABLE wish_lists (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL,
  product_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX wish_lists_user_id_idx ON wish_lists (user_id);
CREATE UNIQUE INDEX wish_lists_user_product_key ON wish_lists (user_id, product_id);
