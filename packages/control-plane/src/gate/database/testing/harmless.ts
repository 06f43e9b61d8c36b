/** Good schemas, written otherwise. `sql` is run on the shop; with `whole` it is all there is. */
export type Harmless = { name: string; sql: string; whole?: true };

const add = (name: string, sql: string): Harmless => ({ name, sql });
const policy = (name: string, sql: string): Harmless => add(name, `DROP POLICY tenant ON shop.notes; ${sql}`);
const one = (name: string, using: string): Harmless =>
  policy(`policy: ${name}`, `CREATE POLICY tenant ON shop.notes USING (${using})`);
const T = "tenant_id = (SELECT shop.current_tenant())";
const IS = "(SELECT current_setting('shop.tenant', true))";

/** One table of another world, with its column, type and setting. */
const world = (name: string, column: string, type: string, expression: string, before = ""): Harmless => ({
  name,
  whole: true,
  sql: `${before}
    CREATE TABLE shop.organizations (${column} ${type} PRIMARY KEY, name text NOT NULL);
    CREATE TABLE shop.papers (${column} ${type} NOT NULL REFERENCES shop.organizations, id uuid NOT NULL DEFAULT gen_random_uuid(), title text NOT NULL, PRIMARY KEY (${column}, id));
    CREATE TABLE shop.pages (${column} ${type} NOT NULL, paper_id uuid NOT NULL, n integer NOT NULL CHECK (n BETWEEN 1 AND 999), PRIMARY KEY (${column}, paper_id, n), FOREIGN KEY (${column}, paper_id) REFERENCES shop.papers ON DELETE CASCADE);
    ${["organizations", "papers", "pages"]
      .map(
        (
          table,
        ) => `ALTER TABLE shop.${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.${table} FORCE ROW LEVEL SECURITY;
          CREATE POLICY isolation ON shop.${table} USING (${column} = ${expression});
          GRANT SELECT, INSERT, UPDATE, DELETE ON shop.${table} TO shop_app;`,
      )
      .join("\n")}`,
});
const UUID = "NULLIF(current_setting('app.current_tenant', true), '')::uuid";

export const HARMLESS: Harmless[] = [
  one("swapped", "shop.current_tenant() = tenant_id"),
  one("plain setting", "tenant_id = current_setting('shop.tenant')"),
  one("plain setting that may lack", "tenant_id = current_setting('shop.tenant', true)"),
  one("in a subquery", `tenant_id = ${IS}`),
  one("cast", "tenant_id::text = current_setting('shop.tenant', true)::text"),
  one("NULLIF", "tenant_id = NULLIF(current_setting('shop.tenant', true), '')"),
  one("COALESCE to nobody", "tenant_id = COALESCE(current_setting('shop.tenant', true), '')"),
  one("AND more", `${T} AND body <> 'hidden'`),
  one("IS NOT DISTINCT FROM", "tenant_id IS NOT DISTINCT FROM current_setting('shop.tenant', true)"),
  one("OR of twice the same", `(${T} AND body = 'a') OR (${T} AND body <> 'a')`),
  policy(
    "policy: with a WITH CHECK as well",
    `CREATE POLICY tenant ON shop.notes USING (${T}) WITH CHECK (${T})`,
  ),
  policy(
    "policies per command",
    `CREATE POLICY a ON shop.notes FOR SELECT USING (${T}); CREATE POLICY b ON shop.notes FOR INSERT WITH CHECK (${T}); CREATE POLICY c ON shop.notes FOR UPDATE USING (${T}); CREATE POLICY d ON shop.notes FOR DELETE USING (${T})`,
  ),
  policy("policy for the app role only", `CREATE POLICY tenant ON shop.notes TO shop_app USING (${T})`),
  policy(
    "a permissive true under a restrictive tenant",
    `CREATE POLICY every ON shop.notes USING (true); CREATE POLICY tenant ON shop.notes AS RESTRICTIVE USING (${T})`,
  ),
  add(
    "a further restrictive policy",
    "CREATE POLICY short ON shop.notes AS RESTRICTIVE USING (length(body) < 1000)",
  ),
  add(
    "a wide policy of another role",
    "RESET ROLE; CREATE ROLE shop_backup; CREATE POLICY backup ON shop.notes TO shop_backup USING (true)",
  ),
  policy(
    "wrapper in plpgsql",
    "CREATE FUNCTION shop.t() RETURNS text LANGUAGE plpgsql STABLE AS $$ DECLARE v text := current_setting('shop.tenant', true); BEGIN IF v IS NULL OR v = '' THEN RAISE EXCEPTION 'no tenant'; END IF; RETURN v; END $$; CREATE POLICY tenant ON shop.notes USING (tenant_id = (SELECT shop.t()))",
  ),
  policy(
    "wrapper in SQL with a text body",
    "CREATE FUNCTION shop.t() RETURNS text LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('shop.tenant', true), '')::text $$; CREATE POLICY tenant ON shop.notes USING (tenant_id = shop.t())",
  ),
  policy(
    "wrapper around a wrapper",
    "CREATE FUNCTION shop.t() RETURNS text LANGUAGE sql STABLE AS $$ SELECT shop.current_tenant() $$; CREATE POLICY tenant ON shop.notes USING (tenant_id = shop.t())",
  ),
  add(
    "view with security_invoker",
    "CREATE VIEW shop.v WITH (security_invoker) AS SELECT * FROM shop.notes; GRANT SELECT ON shop.v TO shop_app",
  ),
  add(
    "view of an owner under forced RLS",
    "CREATE VIEW shop.v AS SELECT n.body, c.email FROM shop.notes n JOIN shop.customers c USING (tenant_id); GRANT SELECT ON shop.v TO shop_app",
  ),
  add(
    "view over global tables",
    "RESET ROLE; CREATE VIEW shop.v AS SELECT * FROM shop.countries; GRANT SELECT ON shop.v TO shop_app",
  ),
  add(
    "materialized view that nobody may read",
    "CREATE MATERIALIZED VIEW shop.m AS SELECT tenant_id, count(*) FROM shop.notes GROUP BY 1",
  ),
  add(
    "materialized view of global rows",
    "CREATE MATERIALIZED VIEW shop.m AS SELECT * FROM shop.countries; GRANT SELECT ON shop.m TO shop_app",
  ),
  add(
    "definer function done right",
    "CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT count(*) FROM shop.archive $$",
  ),
  add(
    "definer function that only the owner may call",
    "RESET ROLE; CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM shop.notes $$; REVOKE EXECUTE ON FUNCTION shop.f() FROM PUBLIC",
  ),
  add(
    "definer function of a superuser without tables",
    "RESET ROLE; CREATE FUNCTION shop.f() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT version() $$",
  ),
  add(
    "invoker function over everything",
    "CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM shop.notes $$",
  ),
  add(
    "partition with its own RLS, granted",
    `GRANT SELECT ON shop.visits_2026 TO shop_app; ALTER TABLE shop.visits_2026 ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.visits_2026 FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.visits_2026 USING (${T})`,
  ),
  add(
    "a uuid key alone",
    `CREATE TABLE shop.x (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id text NOT NULL REFERENCES shop.tenants); ALTER TABLE shop.x ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.x FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.x USING (${T}); GRANT SELECT, INSERT ON shop.x TO shop_app`,
  ),
  add("a table that only the owner uses", "CREATE TABLE shop.jobs (id uuid PRIMARY KEY)"),
  add(
    "trigger that trims",
    "CREATE FUNCTION shop.trim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := btrim(NEW.body); RETURN NEW; END $$; CREATE TRIGGER trim BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.trim()",
  ),
  add(
    "member of a harmless group",
    "RESET ROLE; CREATE ROLE shop_readers; GRANT SELECT ON shop.notes TO shop_readers; GRANT shop_readers TO shop_app",
  ),
  add(
    "tenant by default from the session",
    "ALTER TABLE shop.notes ALTER tenant_id SET DEFAULT current_setting('shop.tenant', true)",
  ),
  add(
    "enum, domain, array and json columns",
    `CREATE TYPE shop.mood AS ENUM ('good', 'bad'); CREATE DOMAIN shop.mail AS text CHECK (VALUE ~ '^[^@]+@[^@]+$'); CREATE TABLE shop.x (tenant_id text NOT NULL, id integer NOT NULL, mood shop.mood NOT NULL, mail shop.mail NOT NULL, tags text[] NOT NULL, data jsonb NOT NULL, hash bytea NOT NULL CHECK (octet_length(hash) = 32), code text NOT NULL CHECK (code ~ '^[A-Z]{3}-[0-9]{4}$'), PRIMARY KEY (tenant_id, id)); ALTER TABLE shop.x ENABLE ROW LEVEL SECURITY; ALTER TABLE shop.x FORCE ROW LEVEL SECURITY; CREATE POLICY tenant ON shop.x USING (${T}); GRANT SELECT, INSERT ON shop.x TO shop_app`,
  ),
  add(
    "function that acts as the tenants it is given, with the rights of its caller",
    "CREATE FUNCTION shop.notes_of(t text) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE own text := shop.current_tenant(); n bigint; BEGIN PERFORM set_config('shop.tenant', t, true); SELECT count(*) INTO n FROM shop.notes; PERFORM set_config('shop.tenant', own, true); RETURN n; END $$",
  ),
  world("uuid tenants of app.current_tenant", "tenant_id", "uuid", UUID),
  world("organization_id", "organization_id", "text", "current_setting('app.current_tenant', true)"),
  world("numbered tenants", "account_id", "bigint", "current_setting('my_app.account', true)::bigint"),
  world("varchar tenants", "company_id", "varchar(36)", "current_setting('request.company', true)"),
  world(
    "wrapper that returns uuid",
    "tenant_id",
    "uuid",
    "(SELECT shop.me())",
    `CREATE FUNCTION shop.me() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT ${UUID} $$;`,
  ),
];
