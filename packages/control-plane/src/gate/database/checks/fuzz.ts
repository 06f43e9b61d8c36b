import { checks } from "../../check.ts";

const COMMITMENTS = ["SK-098", "SK-101"];
const WIDEN = (command: string, clause: string): string =>
  `CREATE POLICY wide ON shop.notes FOR ${command} ${clause};\n`;
const GOOD = "CREATE INDEX ON shop.notes (tenant_id, body);\n";

/** What acting as one tenant has shown of another. */
export const FUZZ_CHECKS = checks({
  read: {
    code: "database/leak-read",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "One tenant read another's rows", ja: "他のテナントの行が読めた" },
    why: { en: "It was done, not inferred.", ja: "推測ではなく、実際に行った。" },
    reason: {
      en: "{role}, acting as {as}, {what} in {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: { en: "Correct the policies and rights of {object}.", ja: "{object} のポリシーと権限を直す。" },
    bad: WIDEN("SELECT", "USING (true)"),
    good: GOOD,
  },
  write: {
    code: "database/leak-write",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "One tenant changed another's rows", ja: "他のテナントの行を変えられた" },
    why: { en: "It was done, then rolled back.", ja: "実際に行い、巻き戻した。" },
    reason: {
      en: "{role}, acting as {as}, {what} in {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: { en: "Correct USING and WITH CHECK of {object}.", ja: "{object} のUSINGとWITH CHECKを直す。" },
    bad: WIDEN("ALL", "USING (true)"),
    good: GOOD,
  },
  insert: {
    code: "database/leak-insert",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "One tenant wrote rows into another", ja: "他のテナントに行を書き込めた" },
    why: { en: "It was done, then rolled back.", ja: "実際に行い、巻き戻した。" },
    reason: {
      en: "{role}, acting as {as}, {what} in {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: { en: "Correct WITH CHECK of {object}.", ja: "{object} のWITH CHECKを直す。" },
    bad: WIDEN("INSERT", "WITH CHECK (true)"),
    good: GOOD,
  },
  existence: {
    code: "database/leak-existence",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A refusal told of another tenant's row", ja: "拒否から他のテナントの行が知れた" },
    why: {
      en: "Whoever tries values learns which ones others have.",
      ja: "値を試せば、他者が持つ値がわかる。",
    },
    reason: {
      en: "{role}, acting as {as}, {what} in {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: { en: "Put the tenant column into the key.", ja: "鍵にテナントの列を加える。" },
    bad: "ALTER TABLE shop.customers ADD UNIQUE (email);\n",
    good: GOOD,
  },
  reference: {
    code: "database/leak-reference",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A row refers to another tenant's", ja: "他のテナントの行を参照できた" },
    why: { en: "It was done, then rolled back.", ja: "実際に行い、巻き戻した。" },
    reason: {
      en: "{role}, acting as {as}, {what} in {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: { en: "Put the tenant column into the foreign key.", ja: "外部キーにテナントの列を加える。" },
    bad: "ALTER TABLE shop.customers ADD UNIQUE (id);\nALTER TABLE shop.notes ADD customer_id uuid REFERENCES shop.customers (id);\n",
    good: GOOD,
  },
  called: {
    code: "database/leak-function",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A function told of another tenant's rows", ja: "関数から他のテナントの行が知れた" },
    why: {
      en: "Its answer differs with what another tenant has.",
      ja: "他のテナントの内容によって答えが変わる。",
    },
    reason: {
      en: "{role}, acting as {as}, {what} from {object}.",
      ja: "{role} が {as} として {object} で: {whatJa}。",
    },
    remedy: {
      en: "Make it SECURITY INVOKER, or REVOKE EXECUTE.",
      ja: "SECURITY INVOKERにするか、EXECUTEを外す。",
    },
    bad: "RESET ROLE;\nCREATE FUNCTION shop.bodies() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$ SELECT body FROM shop.notes $$;\n",
    good: GOOD,
  },
  notFuzzed: {
    code: "database/not-fuzzed",
    severity: "info",
    commitments: COMMITMENTS,
    title: { en: "A relation was not tried out", ja: "試していないもの" },
    why: {
      en: "Only what the catalogue says is known of it.",
      ja: "カタログの内容だけからわかっている。",
    },
    reason: { en: "{object} was not tried out: {cause}.", ja: "{object} は試していない: {causeJa}。" },
    remedy: {
      en: "Give a URL of a stronger role, which can put rows there and become the application's.",
      ja: "そこに行を置けて、アプリケーションのロールになれる、より強いロールのURLを渡す。",
    },
    bad: "CREATE TABLE shop.odd (tenant_id text NOT NULL, x int CHECK (x > 5 AND x < 5), PRIMARY KEY (tenant_id));\nALTER TABLE shop.odd ENABLE ROW LEVEL SECURITY;\nALTER TABLE shop.odd FORCE ROW LEVEL SECURITY;\nCREATE POLICY tenant ON shop.odd USING (tenant_id = shop.current_tenant());\nALTER TABLE shop.odd ALTER x SET NOT NULL;\nGRANT SELECT ON shop.odd TO shop_app;\n",
    good: GOOD,
  },
  nothingFuzzed: {
    code: "database/nothing-fuzzed",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "Nothing was tried out", ja: "何も試せなかった" },
    why: {
      en: "A check that could not act as the application's role has not seen what that role sees.",
      ja: "アプリケーションのロールとして動けない検査は、そのロールに見えるものを見ていない。",
    },
    reason: {
      en: "Nothing was tried out as {role}: {cause}.",
      ja: "{role} として何も試せなかった: {causeJa}。",
    },
    remedy: {
      en: "Give the URL of {role} or of a superuser, or --no-fuzz for the catalogue alone.",
      ja: "{role} またはスーパーユーザーのURLを渡す。カタログだけなら --no-fuzz を付ける。",
    },
    bad: "REVOKE ALL ON ALL TABLES IN SCHEMA shop FROM shop_app;\n",
    good: GOOD,
  },
  exceptionUnused: {
    code: "database/exception-unused",
    severity: "info",
    commitments: [],
    title: { en: "An exception covers nothing", ja: "何にも当たらない例外" },
    why: {
      en: "What nothing needs any more would cover the next mistake.",
      ja: "不要になった例外は、次の誤りを見逃す。",
    },
    reason: {
      en: "The exception for {code} on {object} covers no finding.",
      ja: "{object} の {code} の例外に当たる指摘がない。",
    },
    remedy: { en: "Remove it, or give the expression as it is now.", ja: "削除するか、今の式を書く。" },
    bad: "CREATE INDEX ON shop.notes (body);\n",
    good: GOOD,
  },
  exempt: {
    code: "database/table-exempt",
    severity: "info",
    commitments: COMMITMENTS,
    title: {
      en: "A table is declared to be without tenants",
      ja: "テナントを分けない表として宣言されている",
    },
    why: { en: "Nothing keeps tenants apart in it.", ja: "そこではテナントが分けられていない。" },
    reason: {
      en: "{object} is exempt: {cause}. {role} may {rights} there.",
      ja: "{object} は対象外: {cause}。{role} が {rights} できる。",
    },
    remedy: { en: "Look whether this is still right.", ja: "今も正しいか確かめる。" },
    bad: "CREATE TABLE shop.exempted (id int);\nGRANT SELECT, INSERT ON shop.exempted TO shop_app;\n",
    good: GOOD,
  },
});
