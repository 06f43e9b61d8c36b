/** One leak each: what of it must be found. Run as the schema's owner; `RESET ROLE` makes it the superuser's. */
export type Mutant = { name: string; code: string; sql: string };

const mutant = (name: string, code: string, sql: string): Mutant => ({ name, code: `database/${code}`, sql });

const policy = (name: string, using: string, more = ""): Mutant =>
  mutant(
    `policy: ${name}`,
    "policy-too-wide",
    `DROP POLICY tenant ON shop.notes; CREATE POLICY tenant ON shop.notes ${more} USING (${using})`,
  );
const T = "tenant_id = shop.current_tenant()";
const second = (name: string, sql: string, code = "policy-too-wide") =>
  mutant(`second policy: ${name}`, code, sql);
const definer = (name: string, code: string, sql: string) =>
  mutant(`definer: ${name}`, code, `RESET ROLE; CREATE FUNCTION shop.f${sql}`);
const SAFE = "STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS";
const owned = (name: string, code: string, sql: string) =>
  mutant(`definer: ${name}`, code, `CREATE FUNCTION shop.f${sql}`);

const POLICIES: Mutant[] = [
  policy("true", "true"),
  policy("OR true", `${T} OR true`),
  policy("OR tenant IS NULL", `${T} OR tenant_id IS NULL`),
  policy("OR setting IS NULL", `${T} OR current_setting('shop.tenant', true) IS NULL`),
  policy("OR setting is empty", `${T} OR current_setting('shop.tenant', true) = ''`),
  policy("unequal", "tenant_id <> shop.current_tenant()"),
  policy("LIKE", "tenant_id LIKE shop.current_tenant()"),
  policy("LIKE a prefix", "tenant_id LIKE shop.current_tenant() || '%'"),
  policy("regular expression", "tenant_id ~ shop.current_tenant()"),
  policy("greater or equal", "tenant_id >= shop.current_tenant()"),
  policy("case is ignored", "lower(tenant_id) = lower(shop.current_tenant())"),
  policy("blanks are ignored", "btrim(tenant_id) = shop.current_tenant()"),
  policy("coalesce to the row's own", "tenant_id = COALESCE(shop.current_tenant(), tenant_id)"),
  policy(
    "nullif and coalesce to the row's own",
    "tenant_id = COALESCE(NULLIF(current_setting('shop.tenant', true), ''), tenant_id)",
  ),
  policy("coalesce to a tenant", "tenant_id = COALESCE(current_setting('shop.tenant', true), 'acme')"),
  policy("a column with itself", "tenant_id = tenant_id"),
  policy("a constant tenant", "tenant_id = 'acme'"),
  policy("another column", "body = shop.current_tenant()"),
  policy("another setting", "tenant_id = current_setting('shop.tennant', true)"),
  policy("NOT of unequal of another", "NOT (tenant_id = shop.current_tenant())"),
  policy("a truncating cast", "tenant_id::varchar(3) = shop.current_tenant()::varchar(3)"),
  policy("CASE", `CASE WHEN current_setting('shop.admin', true) = 'on' THEN true ELSE ${T} END`),
  policy("an administrator's setting", `${T} OR current_setting('shop.admin', true) = 'on'`),
  policy("only for its role by mistake of OR", `${T} OR current_user = 'shop_app'`),
  policy("shared rows", `${T} OR tenant_id = 'shared'`),
  policy("WITH CHECK true", `${T}) WITH CHECK (true`),
  policy("WITH CHECK of another column", `${T}) WITH CHECK (body <> '`.concat("'")),
  policy(
    "subquery of the table",
    "EXISTS (SELECT FROM shop.tenants t WHERE t.tenant_id = shop.current_tenant())",
  ),
  policy("some tenants of a list", "tenant_id = ANY (string_to_array(shop.current_tenant(), ','))"),
  second("SELECT true", "CREATE POLICY two ON shop.notes FOR SELECT USING (true)"),
  second("INSERT true", "CREATE POLICY two ON shop.notes FOR INSERT WITH CHECK (true)"),
  second("UPDATE true", "CREATE POLICY two ON shop.notes FOR UPDATE USING (true)"),
  second("UPDATE moves", `CREATE POLICY two ON shop.notes FOR UPDATE USING (${T}) WITH CHECK (true)`),
  second("DELETE true", "CREATE POLICY two ON shop.notes FOR DELETE USING (true)"),
  second("for the app role", "CREATE POLICY two ON shop.notes TO shop_app USING (body = 'public')"),
  second("on another table", "CREATE POLICY two ON shop.orders FOR SELECT USING (status = 'open')"),
  mutant(
    "wrapper: has a default tenant",
    "policy-too-wide",
    "CREATE OR REPLACE FUNCTION shop.current_tenant() RETURNS text LANGUAGE sql STABLE AS $$ SELECT COALESCE(current_setting('shop.tenant', true), 'acme') $$; CREATE POLICY two ON shop.archive USING (tenant_id = current_setting('shop.tenant', true)); CREATE POLICY two ON shop.notes USING (tenant_id = current_setting('shop.tenant', true))",
  ),
  mutant(
    "wrapper: plpgsql with a default tenant",
    "policy-too-wide",
    "CREATE FUNCTION shop.t() RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN IF current_setting('shop.tenant', true) IS NULL THEN RETURN 'acme'; END IF; RETURN current_setting('shop.tenant', true); END $$; DROP POLICY tenant ON shop.notes; CREATE POLICY tenant ON shop.notes USING (tenant_id = shop.t())",
  ),
  mutant(
    "wrapper: sets the tenant for itself",
    "policy-too-wide",
    "RESET ROLE; CREATE FUNCTION shop.t() RETURNS text LANGUAGE sql STABLE SET shop.tenant = 'acme' AS $$ SELECT current_setting('shop.tenant', true) $$; DROP POLICY tenant ON shop.notes; CREATE POLICY tenant ON shop.notes USING (tenant_id = shop.t())",
  ),
];

const TABLES: Mutant[] = [
  mutant("RLS off", "rls-not-enabled", "ALTER TABLE shop.customers DISABLE ROW LEVEL SECURITY"),
  mutant(
    "RLS off where only the owner comes",
    "rls-not-enabled",
    "ALTER TABLE shop.archive DISABLE ROW LEVEL SECURITY",
  ),
  mutant(
    "RLS of a partitioned parent off",
    "rls-not-enabled",
    "ALTER TABLE shop.visits DISABLE ROW LEVEL SECURITY",
  ),
  mutant("not forced", "rls-not-forced", "ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY"),
  mutant(
    "unlogged table without RLS",
    "rls-not-enabled",
    "CREATE UNLOGGED TABLE shop.cache (tenant_id text NOT NULL, id uuid, PRIMARY KEY (tenant_id, id)); GRANT SELECT ON shop.cache TO shop_app",
  ),
  mutant(
    "NOT NULL dropped",
    "tenant-column-nullable",
    "ALTER TABLE shop.archive DROP CONSTRAINT archive_pkey; ALTER TABLE shop.archive ALTER tenant_id DROP NOT NULL",
  ),
  mutant(
    "no tenant column, writable",
    "tenant-column-missing",
    "CREATE TABLE shop.jobs (id uuid PRIMARY KEY, body text); GRANT SELECT, INSERT ON shop.jobs TO shop_app",
  ),
  mutant(
    "a global table becomes writable",
    "tenant-column-missing",
    "GRANT INSERT ON shop.countries TO shop_app",
  ),
  mutant(
    "a global table becomes writable by column",
    "tenant-column-missing",
    "GRANT UPDATE (name) ON shop.countries TO shop_app",
  ),
  mutant(
    "tenant of a type that ignores blanks",
    "tenant-column-type",
    "CREATE TABLE shop.x (tenant_id char(30) NOT NULL, PRIMARY KEY (tenant_id)); ALTER TABLE shop.x ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.x FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.x USING (tenant_id = shop.current_tenant()); GRANT SELECT ON shop.x TO shop_app",
  ),
  mutant(
    "tenant of a collation that ignores case",
    "tenant-column-type",
    "CREATE COLLATION shop.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE TABLE shop.x (tenant_id text COLLATE shop.ci NOT NULL, PRIMARY KEY (tenant_id)); ALTER TABLE shop.x ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.x FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.x USING (tenant_id = shop.current_tenant()); GRANT SELECT ON shop.x TO shop_app",
  ),
  mutant("unique across", "key-across-tenants", "ALTER TABLE shop.notes ADD UNIQUE (body)"),
  mutant("unique index across", "key-across-tenants", "CREATE UNIQUE INDEX ON shop.customers (lower(email))"),
  mutant(
    "partial unique index across",
    "leak-existence",
    "CREATE UNIQUE INDEX ON shop.customers (email) WHERE email <> ''",
  ),
  mutant(
    "exclusion across",
    "key-across-tenants",
    "CREATE TABLE shop.rooms (tenant_id text NOT NULL, id uuid, at int4range, PRIMARY KEY (tenant_id, id), EXCLUDE USING gist (at WITH &&)); ALTER TABLE shop.rooms ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.rooms FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.rooms USING (tenant_id = shop.current_tenant())",
  ),
  mutant(
    "primary key by the natural key alone",
    "key-across-tenants",
    "CREATE TABLE shop.slugs (tenant_id text NOT NULL, slug text PRIMARY KEY); ALTER TABLE shop.slugs ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.slugs FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.slugs USING (tenant_id = shop.current_tenant()); GRANT SELECT, INSERT ON shop.slugs TO shop_app",
  ),
  mutant(
    "foreign key without the tenant",
    "reference-across-tenants",
    "ALTER TABLE shop.customers ADD UNIQUE (id); ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers (id)",
  ),
  mutant(
    "foreign key without the tenant, tried",
    "leak-reference",
    "ALTER TABLE shop.customers ADD UNIQUE (id); ALTER TABLE shop.orders DROP CONSTRAINT orders_tenant_id_customer_id_fkey; ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers (id)",
  ),
  mutant(
    "foreign key with the tenant against another column",
    "reference-across-tenants",
    "CREATE TABLE shop.pairs (tenant_id text NOT NULL, a text NOT NULL, UNIQUE (tenant_id, a)); ALTER TABLE shop.pairs ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.pairs FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.pairs USING (tenant_id = shop.current_tenant()); CREATE TABLE shop.links (tenant_id text NOT NULL, other text, id uuid, PRIMARY KEY (tenant_id, id), FOREIGN KEY (other, tenant_id) REFERENCES shop.pairs (tenant_id, a)); ALTER TABLE shop.links ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.links FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.links USING (tenant_id = shop.current_tenant())",
  ),
  mutant("partition granted", "partition-open", "GRANT SELECT ON shop.visits_2026 TO shop_app"),
  mutant("partition granted, read", "leak-read", "GRANT SELECT ON shop.visits_2026 TO shop_app"),
  mutant(
    "partition with a wide policy granted",
    "policy-too-wide",
    "GRANT SELECT ON shop.visits_2026 TO shop_app; ALTER TABLE shop.visits_2026 ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.visits_2026 FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.visits_2026 USING (true)",
  ),
  mutant(
    "inherited child granted",
    "partition-open",
    "CREATE TABLE shop.old_notes () INHERITS (shop.notes); GRANT SELECT ON shop.old_notes TO shop_app",
  ),
];

const ROLES: Mutant[] = [
  mutant("superuser", "role-bypasses-rls", "RESET ROLE; ALTER ROLE shop_app SUPERUSER"),
  mutant("BYPASSRLS", "role-bypasses-rls", "RESET ROLE; ALTER ROLE shop_app BYPASSRLS"),
  mutant("BYPASSRLS, read", "leak-read", "RESET ROLE; ALTER ROLE shop_app BYPASSRLS"),
  mutant("replication", "role-bypasses-rls", "RESET ROLE; ALTER ROLE shop_app REPLICATION"),
  mutant("owns a table", "role-owns-objects", "RESET ROLE; ALTER TABLE shop.notes OWNER TO shop_app"),
  mutant("owns the schema", "role-owns-objects", "RESET ROLE; ALTER SCHEMA shop OWNER TO shop_app"),
  mutant(
    "owns the wrapper",
    "role-owns-objects",
    "RESET ROLE; ALTER FUNCTION shop.current_tenant() OWNER TO shop_app",
  ),
  mutant("member of the owner", "role-reaches-stronger", "RESET ROLE; GRANT shop_owner TO shop_app"),
  mutant(
    "can become the owner only by SET",
    "role-reaches-stronger",
    "RESET ROLE; GRANT shop_owner TO shop_app WITH INHERIT FALSE, SET TRUE",
  ),
  mutant(
    "can grant itself the owner",
    "role-reaches-stronger",
    "RESET ROLE; GRANT shop_owner TO shop_app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
  ),
  mutant(
    "member of one that bypasses, two steps away",
    "role-reaches-stronger",
    "RESET ROLE; CREATE ROLE shop_a; CREATE ROLE shop_b BYPASSRLS; GRANT shop_b TO shop_a; GRANT shop_a TO shop_app",
  ),
  mutant(
    "reads files of the server",
    "role-reaches-stronger",
    "RESET ROLE; GRANT pg_read_server_files TO shop_app",
  ),
  mutant("creates roles", "role-creates-roles", "RESET ROLE; ALTER ROLE shop_app CREATEROLE"),
  mutant(
    "a tenant by default",
    "session-default",
    "RESET ROLE; ALTER ROLE shop_app SET shop.tenant = 'acme'",
  ),
  mutant(
    "row_security off by default",
    "session-default",
    "RESET ROLE; ALTER ROLE shop_app SET row_security = off",
  ),
  mutant(
    "becomes another role at once",
    "session-default",
    "RESET ROLE; ALTER ROLE shop_app SET role = 'shop_owner'",
  ),
  mutant(
    "may switch triggers off",
    "role-may-set-parameter",
    "RESET ROLE; GRANT SET ON PARAMETER session_replication_role TO shop_app",
  ),
  mutant("TRUNCATE", "grant-too-wide", "GRANT TRUNCATE ON shop.orders TO shop_app"),
  mutant("REFERENCES", "grant-too-wide", "GRANT REFERENCES ON shop.orders TO shop_app"),
  mutant("REFERENCES of a column", "grant-too-wide", "GRANT REFERENCES (id) ON shop.orders TO shop_app"),
  mutant("TRIGGER", "grant-too-wide", "GRANT TRIGGER ON shop.orders TO shop_app"),
  mutant("MAINTAIN", "grant-too-wide", "GRANT MAINTAIN ON shop.orders TO shop_app"),
  mutant("grant option", "grant-too-wide", "GRANT SELECT ON shop.orders TO shop_app WITH GRANT OPTION"),
  mutant(
    "TRUNCATE through a group",
    "grant-too-wide",
    "RESET ROLE; CREATE ROLE shop_group; GRANT TRUNCATE ON shop.orders TO shop_group; GRANT shop_group TO shop_app",
  ),
  mutant("PUBLIC", "grant-to-public", "GRANT SELECT ON shop.orders TO PUBLIC"),
  mutant("PUBLIC, one column", "grant-to-public", "GRANT SELECT (id) ON shop.orders TO PUBLIC"),
  mutant(
    "default privileges for PUBLIC",
    "default-privileges-too-wide",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO PUBLIC",
  ),
  mutant(
    "default privileges to TRUNCATE",
    "default-privileges-too-wide",
    "ALTER DEFAULT PRIVILEGES GRANT TRUNCATE ON TABLES TO shop_app",
  ),
];

const GRANT_V = "GRANT SELECT ON shop.v TO shop_app";
const REACH: Mutant[] = [
  mutant(
    "view of a superuser",
    "view-bypasses-rls",
    `RESET ROLE; CREATE VIEW shop.v AS SELECT * FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view of a superuser, read",
    "leak-read",
    `RESET ROLE; CREATE VIEW shop.v AS SELECT body FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view that counts",
    "leak-read",
    `RESET ROLE; CREATE VIEW shop.v AS SELECT count(*) FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view with security_barrier alone",
    "view-bypasses-rls",
    `RESET ROLE; CREATE VIEW shop.v WITH (security_barrier) AS SELECT * FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view of an owner that is not forced",
    "view-bypasses-rls",
    `ALTER TABLE shop.notes NO FORCE ROW LEVEL SECURITY; CREATE VIEW shop.v AS SELECT * FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view of an owner with a policy of its own",
    "view-bypasses-rls",
    `CREATE POLICY mine ON shop.notes TO shop_owner USING (true); CREATE VIEW shop.v AS SELECT * FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "view through a view",
    "view-bypasses-rls",
    `RESET ROLE; CREATE VIEW shop.w AS SELECT * FROM shop.notes; ALTER VIEW shop.w OWNER TO postgres; CREATE VIEW shop.v WITH (security_invoker) AS SELECT * FROM shop.w; GRANT SELECT ON shop.w TO shop_app; ${GRANT_V}`,
  ),
  mutant(
    "writable view of a superuser",
    "view-bypasses-rls",
    "RESET ROLE; CREATE VIEW shop.v AS SELECT * FROM shop.notes; GRANT UPDATE ON shop.v TO shop_app",
  ),
  mutant(
    "materialized view",
    "materialized-view-readable",
    `CREATE MATERIALIZED VIEW shop.v AS SELECT tenant_id, body FROM shop.notes; ${GRANT_V}`,
  ),
  mutant(
    "materialized view without the tenant",
    "materialized-view-readable",
    `RESET ROLE; CREATE MATERIALIZED VIEW shop.v AS SELECT count(*) FROM shop.orders; ${GRANT_V}`,
  ),
  mutant(
    "view over a materialized view",
    "view-bypasses-rls",
    `RESET ROLE; CREATE MATERIALIZED VIEW shop.m AS SELECT tenant_id, body FROM shop.notes; CREATE VIEW shop.v AS SELECT * FROM shop.m; ${GRANT_V}`,
  ),
  definer(
    "of a superuser",
    "definer-bypasses-rls",
    `() RETURNS bigint LANGUAGE sql ${SAFE} $$ SELECT count(*) FROM shop.notes $$`,
  ),
  definer(
    "of a superuser, called",
    "leak-function",
    `() RETURNS bigint LANGUAGE sql ${SAFE} $$ SELECT count(*) FROM shop.notes $$`,
  ),
  definer(
    "whether an email exists",
    "leak-function",
    `(text) RETURNS boolean LANGUAGE sql ${SAFE} $$ SELECT EXISTS (SELECT FROM shop.customers WHERE email = $1) $$`,
  ),
  definer(
    "the row of an id",
    "leak-function",
    `(uuid) RETURNS text LANGUAGE sql ${SAFE} $$ SELECT body FROM shop.notes WHERE id = $1 $$`,
  ),
  definer(
    "builds its statement",
    "definer-bypasses-rls",
    `(t text) RETURNS bigint LANGUAGE plpgsql ${SAFE} $$ DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM shop.' || quote_ident(t) INTO n; RETURN n; END $$`,
  ),
  definer(
    "with a parsed body",
    "definer-bypasses-rls",
    "() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER RETURN (SELECT count(*) FROM shop.notes)",
  ),
  definer(
    "through another function",
    "definer-bypasses-rls",
    `2() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM shop.notes $$; CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql ${SAFE} $$ SELECT shop.f2() $$`,
  ),
  definer(
    "that deletes",
    "definer-bypasses-rls",
    "() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.notes $$",
  ),
  owned(
    "over a table that is not forced",
    "definer-bypasses-rls",
    `() RETURNS bigint LANGUAGE sql ${SAFE} $$ SELECT count(*) FROM shop.notes $$; ALTER TABLE shop.notes NO FORCE ROW LEVEL SECURITY`,
  ),
  owned(
    "with the tenant as an argument",
    "definer-sets-tenant",
    `(t text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN PERFORM set_config('shop.tenant', t, true); RETURN (SELECT count(*) FROM shop.notes); END $$`,
  ),
  owned(
    "with the tenant as an argument, called",
    "leak-function",
    `(t text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN PERFORM set_config('shop.tenant', t, true); RETURN (SELECT count(*) FROM shop.notes); END $$`,
  ),
  owned(
    "with row_security off",
    "definer-sets-tenant",
    `() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = off AS $$ BEGIN RETURN (SELECT count(*) FROM shop.notes); END $$`,
  ),
  owned(
    "without a search_path",
    "definer-search-path",
    "() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT count(*) FROM shop.notes $$",
  ),
  owned(
    "with a search_path that the caller may write",
    "definer-search-path",
    "() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = shop, pg_temp AS $$ SELECT count(*) FROM shop.notes $$; GRANT CREATE ON SCHEMA shop TO shop_app",
  ),
  mutant(
    "leakproof function",
    "function-leakproof",
    "RESET ROLE; CREATE FUNCTION shop.f(text) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS $$ SELECT true $$",
  ),
  mutant(
    "trigger copies",
    "trigger-copies-rows",
    "CREATE TABLE shop.log (what text); CREATE FUNCTION shop.f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN INSERT INTO shop.log VALUES (NEW.body); RETURN NEW; END $$; CREATE TRIGGER t AFTER INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.f()",
  ),
  mutant(
    "rule copies",
    "rule-rewrites",
    "CREATE TABLE shop.log (what text); CREATE RULE r AS ON INSERT TO shop.notes DO ALSO INSERT INTO shop.log VALUES (NEW.body)",
  ),
];

export const MUTANTS: Mutant[] = [...POLICIES, ...TABLES, ...ROLES, ...REACH];
