import { checks } from "../../check.ts";

const COMMITMENTS = ["SK-097", "SK-101"];
const DEFINER = (body: string, settings: string): string =>
  `CREATE FUNCTION shop.count_notes() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER ${settings}\nAS $$ ${body} $$;\n`;
const COUNT = "SELECT count(*) FROM shop.notes";
const FIXED = "SET search_path = pg_catalog, pg_temp";
const GOOD_DEFINER = DEFINER(COUNT, FIXED);

/** Other ways to the rows: views, functions, triggers, rules. */
export const REACH_CHECKS = checks({
  viewBypasses: {
    code: "database/view-bypasses-rls",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A view shows all tenants", ja: "全テナントが見えるビュー" },
    why: {
      en: "A view reads with its owner's rights unless it is security_invoker; this owner is not held back.",
      ja: "security_invokerでないビューは所有者の権限で読む。この所有者は制限されない。",
    },
    reason: {
      en: "{object} reads {tables} with the rights of {owner}, whom row-level security does not keep within a tenant.",
      ja: "{object} は {tables} を {owner} の権限で読み、そのロールは行レベルセキュリティで一つのテナントに限られない。",
    },
    remedy: {
      en: "ALTER VIEW {object} SET (security_invoker = true) (PostgreSQL 15), or give it to an owner under forced row-level security.",
      ja: "ALTER VIEW {object} SET (security_invoker = true)（PostgreSQL 15以降）とするか、行レベルセキュリティが強制される所有者に移す。",
    },
    bad: "RESET ROLE;\nCREATE VIEW shop.all_notes AS SELECT * FROM shop.notes;\nGRANT SELECT ON shop.all_notes TO shop_app;\n",
    good: "CREATE VIEW shop.all_notes WITH (security_invoker = true) AS SELECT * FROM shop.notes;\nGRANT SELECT ON shop.all_notes TO shop_app;\n",
  },
  viewOwner: {
    code: "database/view-with-owner-rights",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A view reads with its owner's rights", ja: "所有者の権限で読むビュー" },
    why: {
      en: "It is right today, because the owner is under forced row-level security too; one ALTER later it shows all.",
      ja: "所有者にも行レベルセキュリティが強制されるため今は正しいが、一つの変更で全行が見える。",
    },
    reason: { en: "{object} is not security_invoker.", ja: "{object} はsecurity_invokerではない。" },
    remedy: {
      en: "ALTER VIEW {object} SET (security_invoker = true).",
      ja: "ALTER VIEW {object} SET (security_invoker = true) を実行する。",
    },
    bad: "CREATE VIEW shop.all_notes AS SELECT * FROM shop.notes;\nGRANT SELECT ON shop.all_notes TO shop_app;\n",
    good: "CREATE VIEW shop.all_notes WITH (security_invoker = true) AS SELECT * FROM shop.notes;\nGRANT SELECT ON shop.all_notes TO shop_app;\n",
  },
  materializedView: {
    code: "database/materialized-view-readable",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A materialized view of tenants' rows is readable", ja: "読めるマテリアライズドビュー" },
    why: {
      en: "It holds the rows of all tenants, and has no row-level security.",
      ja: "全テナントの行を持ち、行レベルセキュリティがない。",
    },
    reason: {
      en: "{role} may {rights} on {object}, which was made of {tables}.",
      ja: "{role} が、{tables} から作られた {object} で {rights} できる。",
    },
    remedy: {
      en: "Take the right away and read it through a view that compares the tenant, or make it a table with a policy.",
      ja: "権限を外し、テナントを比べるビューを通して読むか、ポリシーのある表にする。",
    },
    bad: "RESET ROLE;\nCREATE MATERIALIZED VIEW shop.sums AS SELECT tenant_id, count(*) FROM shop.notes GROUP BY 1;\nGRANT SELECT ON shop.sums TO shop_app;\n",
    good: "RESET ROLE;\nCREATE MATERIALIZED VIEW shop.sums AS SELECT tenant_id, count(*) FROM shop.notes GROUP BY 1;\n",
  },
  definerBypasses: {
    code: "database/definer-bypasses-rls",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A function runs above row-level security", ja: "行レベルセキュリティを越える関数" },
    why: {
      en: "A SECURITY DEFINER function has its owner's rights, and this owner is not held back.",
      ja: "SECURITY DEFINERの関数は所有者の権限で動き、この所有者は制限されない。",
    },
    reason: {
      en: "{role} can call {object}, which uses {tables} with the rights of {owner}, whom row-level security does not keep within a tenant.",
      ja: "{role} が呼べる {object} は、{tables} を {owner} の権限で使い、そのロールは行レベルセキュリティで一つのテナントに限られない。",
    },
    remedy: {
      en: "Make it SECURITY INVOKER, give it to an owner under forced row-level security, or REVOKE EXECUTE.",
      ja: "SECURITY INVOKERにするか、行レベルセキュリティが強制される所有者に移すか、EXECUTEを外す。",
    },
    bad: `RESET ROLE;\n${GOOD_DEFINER}`,
    good: GOOD_DEFINER,
  },
  definerSetsTenant: {
    code: "database/definer-sets-tenant",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A function chooses the tenant itself", ja: "関数がテナントを自分で決める" },
    why: {
      en: "Whoever calls it acts as another tenant.",
      ja: "呼び出した者が別のテナントとして動く。",
    },
    reason: {
      en: "{object} is SECURITY DEFINER and sets {setting} or row_security.",
      ja: "SECURITY DEFINERの {object} が {setting} またはrow_securityを設定する。",
    },
    remedy: {
      en: "Let the session's tenant stand; do such work as a task of its own.",
      ja: "セッションのテナントのままにし、そのような仕事は別のタスクで行う。",
    },
    bad: `RESET ROLE;\n${DEFINER(COUNT, `${FIXED} SET shop.tenant = 'acme'`)}`,
    good: GOOD_DEFINER,
  },
  invokerSetsTenant: {
    code: "database/invoker-sets-tenant",
    severity: "info",
    commitments: COMMITMENTS,
    title: {
      en: "A function acts as other tenants for its caller",
      ja: "関数が呼び出し側のままテナントを替える",
    },
    why: {
      en: "It runs with its caller's rights, who can set the tenant without it: it opens no way that was not there. Statements after it act as the wrong tenant when it does not set it back.",
      ja: "呼び出し側の権限で動き、テナントの設定は呼び出し側にもできるので、新しい道は開かない。元に戻さなければ、続く文が別のテナントとして動く。",
    },
    reason: {
      en: "{object} sets {setting} with the rights of {role}, who can do so itself. It gives no right and was not called.",
      ja: "{object} は {role} の権限で {setting} を設定する。{role} 自身にもできるので権限は増えない。呼び出しては試していない。",
    },
    remedy: {
      en: "Look that it sets the tenant back before it returns, and that its callers name the tenants they mean.",
      ja: "戻る前にテナントを元に戻すこと、呼び出し側が意図したテナントを渡すことを確かめる。",
    },
    bad: "CREATE FUNCTION shop.notes_of(t text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('shop.tenant', t, true); RETURN (SELECT count(*) FROM shop.notes); END $$;\n",
    good: "CREATE FUNCTION shop.notes_here() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('work_mem', '8MB', true); RETURN (SELECT count(*) FROM shop.notes); END $$;\n",
  },
  definerPath: {
    code: "database/definer-search-path",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A caller chooses what a stronger function calls", ja: "呼び出し側がsearch_pathを選べる" },
    why: {
      en: "With its own search_path, the caller can put other tables and functions in place of those that were meant.",
      ja: "呼び出し側のsearch_pathで、意図した表や関数を別のものにすり替えられる。",
    },
    reason: {
      en: "{object} is SECURITY DEFINER and its search_path {fault}.",
      ja: "SECURITY DEFINERの {object} のsearch_pathは {faultJa}。",
    },
    remedy: {
      en: "SET search_path = pg_catalog, pg_temp, and name schemas in the body.",
      ja: "SET search_path = pg_catalog, pg_temp とし、本文でスキーマを書く。",
    },
    bad: DEFINER(COUNT, ""),
    good: GOOD_DEFINER,
  },
  leakproof: {
    code: "database/function-leakproof",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A function of one's own counts as leakproof", ja: "自作の関数がLEAKPROOFである" },
    why: {
      en: "It is run on rows before the policies are, and its errors and messages show them.",
      ja: "ポリシーより先に行に対して実行され、その誤りや出力に行の内容が現れる。",
    },
    reason: {
      en: "{object} is LEAKPROOF and {role} can call it.",
      ja: "{role} が呼べる {object} がLEAKPROOFである。",
    },
    remedy: {
      en: "ALTER FUNCTION {object} NOT LEAKPROOF.",
      ja: "ALTER FUNCTION {object} NOT LEAKPROOF を実行する。",
    },
    bad: "RESET ROLE;\nCREATE FUNCTION shop.peek(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE LEAKPROOF AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$;\n",
    good: "CREATE FUNCTION shop.peek(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 = ''; END $$;\n",
  },
  triggerCopies: {
    code: "database/trigger-copies-rows",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A trigger writes where no tenant is known", ja: "テナントのない表に書くトリガー" },
    why: {
      en: "Copies of rows outlive the policies of the table they came from.",
      ja: "行の写しには、元の表のポリシーが効かない。",
    },
    reason: {
      en: "Trigger {trigger} on {object} uses {tables}, which has no tenant column.",
      ja: "{object} のトリガー {trigger} が、テナントの列のない {tables} を使う。",
    },
    remedy: {
      en: "Copy the tenant along, into a table with a policy.",
      ja: "ポリシーのある表に、テナントも写す。",
    },
    bad: "CREATE TABLE shop.seen (what text);\nCREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO shop.seen VALUES (NEW.body); RETURN NEW; END $$;\nCREATE TRIGGER keep AFTER INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.keep();\nGRANT INSERT ON shop.countries TO shop_owner;\n",
    good: "CREATE FUNCTION shop.trim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := btrim(NEW.body); RETURN NEW; END $$;\nCREATE TRIGGER trim BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.trim();\n",
  },
  rule: {
    code: "database/rule-rewrites",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A rule rewrites statements on tenants' rows", ja: "文を書き換えるルール" },
    why: {
      en: "What a rule does runs with the rights of the table's owner, not of whoever gave the statement.",
      ja: "ルールの内容は、文を出した者ではなく表の所有者の権限で動く。",
    },
    reason: {
      en: "Rule {rule} on {object} uses {tables} with the rights of {owner}.",
      ja: "{object} のルール {rule} が {tables} を {owner} の権限で使う。",
    },
    remedy: { en: "Use a trigger that runs as its caller.", ja: "呼び出し側の権限で動くトリガーを使う。" },
    bad: "CREATE TABLE shop.seen (what text);\nCREATE RULE keep AS ON INSERT TO shop.notes DO ALSO INSERT INTO shop.seen VALUES (NEW.body);\n",
    good: "CREATE TABLE shop.seen (what text);\n",
  },
});
