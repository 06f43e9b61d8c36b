-- The database before a migration that stands alone: a shop with many customers, as its running version uses it.
CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped', 'cancelled');
CREATE TYPE shipping_method AS ENUM ('yamato', 'sagawa', 'post');
CREATE DOMAIN email_address AS text CHECK (VALUE ~ '@');

CREATE TABLE organizations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL DEFAULT 'free',
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO organizations (name) SELECT 'Org ' || n FROM generate_series(1, 5) n;

CREATE TABLE users (
  id bigserial PRIMARY KEY,
  organization_id bigint NOT NULL REFERENCES organizations,
  email varchar(255) NOT NULL,
  name text,
  legacy_name text,
  status text NOT NULL DEFAULT 'active',
  phone varchar(20),
  age integer,
  last_login_at timestamp,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE INDEX users_email_idx ON users (email);
CREATE INDEX users_legacy_name_idx ON users (legacy_name);
INSERT INTO users (organization_id, email, name, legacy_name, phone, age, last_login_at)
  SELECT 1 + n % 5, 'u' || n || '@example.jp', 'User ' || n, 'LEGACY ' || n, '090-0000-' || n, 20 + n % 50, '2026-01-01'
  FROM generate_series(1, 100) n;

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id bigint NOT NULL,
  user_id bigint,
  status order_status NOT NULL DEFAULT 'pending',
  shipping shipping_method,
  total numeric(10, 2) NOT NULL,
  currency varchar(3) NOT NULL DEFAULT 'JPY',
  note text,
  coupon_code varchar(32),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz
);
CREATE INDEX orders_created_at_idx ON orders (created_at);
INSERT INTO orders (organization_id, user_id, status, total, note, coupon_code)
  SELECT 1 + n % 5, 1 + n % 100, (ARRAY['pending', 'paid', 'shipped', 'cancelled'])[1 + n % 4]::order_status, n * 10,
         'note ' || n, 'C' || n FROM generate_series(1, 200) n;

CREATE TABLE products (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sku varchar(50) NOT NULL,
  name text NOT NULL,
  price_cents integer NOT NULL,
  description text,
  metadata json,
  active boolean NOT NULL DEFAULT true
);
INSERT INTO products (sku, name, price_cents, description, metadata)
  SELECT 'SKU-' || n, 'Product ' || n, n * 100, 'text ' || n, '{"a":1}' FROM generate_series(1, 50) n;

CREATE TABLE order_items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL,
  product_id uuid,
  sku varchar(64),
  quantity integer NOT NULL DEFAULT 1,
  price numeric(10, 2)
);
INSERT INTO order_items (order_id, product_id, sku, quantity, price)
  SELECT 1 + n % 200, (SELECT id FROM products LIMIT 1), 'SKU-' || n % 50, 1, 10 FROM generate_series(1, 300) n;

CREATE TABLE invoices (
  id bigint PRIMARY KEY,
  order_id bigint NOT NULL,
  number text NOT NULL,
  total numeric(10, 2),
  issued_on date NOT NULL,
  paid boolean NOT NULL DEFAULT false
);
INSERT INTO invoices SELECT n, n, 'INV-' || n, n * 10, '2026-01-01', n % 2 = 0 FROM generate_series(1, 100) n;

CREATE TABLE payments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint,
  amount numeric(10, 2) NOT NULL,
  state text NOT NULL DEFAULT 'new',
  external_id text,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO payments (order_id, amount, external_id) SELECT n, n * 10, 'ext-' || n FROM generate_series(1, 100) n;

CREATE TABLE sessions (id text PRIMARY KEY, user_id bigint, data jsonb, expires_at timestamptz NOT NULL);
INSERT INTO sessions SELECT 's' || n, n, '{}', '2026-01-01'::timestamptz + n * interval '10 days' FROM generate_series(1, 60) n;
CREATE TABLE plans (code text PRIMARY KEY, name text NOT NULL, price integer NOT NULL);
INSERT INTO plans VALUES ('free', 'Free', 0), ('pro', 'Pro', 980), ('biz', 'Business', 9800);
CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO settings VALUES ('tax_rate', '10'), ('maintenance', 'off');
CREATE TABLE room_bookings (room_id integer NOT NULL, during tstzrange NOT NULL);
INSERT INTO room_bookings SELECT n, tstzrange('2026-01-01', '2026-01-02') FROM generate_series(1, 20) n;

CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, payload jsonb, occurred_at timestamptz NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE TABLE events_2026_01 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2026_02 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO events (kind, occurred_at) SELECT 'k', '2026-01-02'::timestamptz + n * interval '12 hours' FROM generate_series(1, 100) n;
CREATE TABLE events_archive_2025 (LIKE events);
INSERT INTO events_archive_2025 SELECT n, 'k', NULL, '2025-06-01' FROM generate_series(1, 20) n;

CREATE TABLE measurements (device integer NOT NULL, value double precision, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE measurements_default PARTITION OF measurements DEFAULT;
INSERT INTO measurements SELECT n, n, '2026-03-01' FROM generate_series(1, 40) n;

CREATE TABLE "Customer" ("id" serial PRIMARY KEY, "firstName" text, "lastName" text, "emailAddress" text);
INSERT INTO "Customer" ("firstName", "lastName", "emailAddress") SELECT 'a', 'b', n || '@example.jp' FROM generate_series(1, 30) n;
CREATE TABLE "稟議" ("番号" bigint PRIMARY KEY, "件名" text NOT NULL, "金額" numeric(12, 0), "備考" text);
INSERT INTO "稟議" SELECT n, '件名 ' || n, n * 1000, '備考' FROM generate_series(1, 30) n;

CREATE SCHEMA billing;
CREATE TABLE billing.accounts (id bigint PRIMARY KEY, org_id bigint NOT NULL, balance numeric(14, 2) NOT NULL DEFAULT 0);
INSERT INTO billing.accounts SELECT n, n, 100 FROM generate_series(1, 20) n;
CREATE TABLE billing.ledger_entries (id bigserial PRIMARY KEY, account_id bigint NOT NULL, amount numeric(14, 2) NOT NULL, memo text);
INSERT INTO billing.ledger_entries (account_id, amount) SELECT n, 5 FROM generate_series(1, 20) n;

CREATE VIEW active_users AS SELECT id, email, name FROM users WHERE deleted_at IS NULL;
CREATE MATERIALIZED VIEW daily_payments AS
  SELECT created_at::date AS day, count(*) AS payments, sum(amount) AS amount FROM payments GROUP BY 1;
CREATE UNIQUE INDEX daily_payments_day ON daily_payments (day);
CREATE FUNCTION order_total(p_order bigint) RETURNS numeric LANGUAGE sql STABLE AS
  'SELECT sum(quantity * price) FROM order_items WHERE order_id = p_order';
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.updated_at := now(); RETURN NEW; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE SEQUENCE invoice_number_seq START 1000;

DO $$ BEGIN
  CREATE ROLE app_user NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
  CREATE ROLE readonly NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT USAGE ON SCHEMA public, billing TO app_user, readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, billing TO app_user;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, billing TO app_user;
