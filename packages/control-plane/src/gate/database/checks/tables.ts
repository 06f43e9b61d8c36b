import { checks } from "../../check.ts";

const COMMITMENTS = ["SK-097", "SK-100", "SK-101"];
const NEW = (columns: string, rest = ""): string =>
  `CREATE TABLE shop.gifts (${columns});\n${rest}GRANT SELECT, INSERT, UPDATE, DELETE ON shop.gifts TO shop_app;\n`;
const RLS =
  "ALTER TABLE shop.gifts ENABLE ROW LEVEL SECURITY;\nALTER TABLE shop.gifts FORCE ROW LEVEL SECURITY;\n";
const POLICY = "CREATE POLICY tenant ON shop.gifts USING (tenant_id = (SELECT shop.current_tenant()));\n";
const COLUMNS = "tenant_id text NOT NULL, id uuid, PRIMARY KEY (tenant_id, id)";
const GOOD = NEW(COLUMNS, RLS + POLICY);

/** Examples of this family are SQL on a good schema `shop`; tests run them on a real database. */
export const TABLE_CHECKS = checks({
  columnMissing: {
    code: "database/tenant-column-missing",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A table has no tenant column", ja: "テナントの列がない表" },
    why: {
      en: "Its rows belong to nobody, so that nothing can keep tenants apart in it.",
      ja: "行が誰のものでもないため、テナントを分けるものがない。",
    },
    reason: {
      en: "{object} has no column {column}, and {role} may {rights} there.",
      ja: "{object} に列 {column} がなく、{role} が {rights} できる。",
    },
    remedy: {
      en: "Add {column} NOT NULL with a policy, take the rights away, or declare the table with a reason under `database.exceptions`.",
      ja: "NOT NULLの {column} とポリシーを加えるか、権限を外すか、理由を付けて `database.exceptions` に書く。",
    },
    bad: NEW("id uuid PRIMARY KEY"),
    good: GOOD,
  },
  columnNullable: {
    code: "database/tenant-column-nullable",
    severity: "block",
    commitments: [...COMMITMENTS, "SK-099"],
    title: { en: "The tenant column may be empty", ja: "テナントの列が空になりうる" },
    why: {
      en: "A row without a tenant belongs to nobody: it is lost to its owner, and any policy that allows NULL shows it to all.",
      ja: "テナントのない行は持ち主から失われ、NULLを許すポリシーがあれば全員に見える。",
    },
    reason: { en: "{object}.{column} may be NULL.", ja: "{object}.{column} がNULLになりうる。" },
    remedy: { en: "Make it NOT NULL.", ja: "NOT NULLにする。" },
    bad: NEW("tenant_id text, id uuid PRIMARY KEY", RLS + POLICY),
    good: GOOD,
  },
  columnType: {
    code: "database/tenant-column-type",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "The tenant column's type takes different names for equal",
      ja: "異なる名前を等しいとみなす型",
    },
    why: {
      en: "char(n) ignores trailing blanks, citext and collations of that kind ignore case: two tenants become one.",
      ja: "char(n) は末尾の空白を、citextやその種の照合順序は大文字小文字を無視し、二つのテナントが一つになる。",
    },
    reason: {
      en: "{object}.{column} is {type}; values that differ can be equal in it.",
      ja: "{object}.{column} は {type} で、異なる値が等しくなりうる。",
    },
    remedy: {
      en: "Use text, varchar, uuid or an integer, with a deterministic collation.",
      ja: "text、varchar、uuidまたは整数と、決定的な照合順序を使う。",
    },
    bad: NEW(
      "tenant_id char(20) NOT NULL, id uuid, PRIMARY KEY (tenant_id, id)",
      RLS + POLICY.replace("tenant_id =", "tenant_id::text ="),
    ),
    good: GOOD,
  },
  columnDefault: {
    code: "database/tenant-column-default",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A row without a tenant gets one", ja: "テナントが既定値で決まる" },
    why: {
      en: "A statement that forgets the tenant writes into somebody's data instead of failing.",
      ja: "テナントを忘れた文が失敗せず、誰かのデータに書き込む。",
    },
    reason: {
      en: "{object}.{column} defaults to the constant {value}.",
      ja: "{object}.{column} の既定値が定数 {value} である。",
    },
    remedy: {
      en: "Drop the default, or take it from the session's setting.",
      ja: "既定値をなくすか、セッションの設定から取る。",
    },
    bad: "ALTER TABLE shop.notes ALTER tenant_id SET DEFAULT 'acme';\n",
    good: "ALTER TABLE shop.notes ALTER tenant_id SET DEFAULT current_setting('shop.tenant', true);\n",
  },
  rlsNotEnabled: {
    code: "database/rls-not-enabled",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Row-level security is off", ja: "行レベルセキュリティが無効" },
    why: {
      en: "Whoever forgets a condition sees all tenants; policies without it do nothing.",
      ja: "条件を忘れると全テナントが見える。有効でなければポリシーは何もしない。",
    },
    reason: {
      en: "Row-level security is not enabled on {object}.",
      ja: "{object} で行レベルセキュリティが有効になっていない。",
    },
    remedy: {
      en: "ALTER TABLE {object} ENABLE ROW LEVEL SECURITY, with a policy.",
      ja: "ポリシーと共に ALTER TABLE {object} ENABLE ROW LEVEL SECURITY を実行する。",
    },
    bad: "ALTER TABLE shop.notes DISABLE ROW LEVEL SECURITY;\n",
    good: GOOD,
  },
  rlsNotForced: {
    code: "database/rls-not-forced",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The owner is above row-level security", ja: "所有者に行レベルセキュリティが効かない" },
    why: {
      en: "Views, functions and jobs of the owner see all tenants.",
      ja: "所有者のビュー、関数、ジョブが全テナントを見る。",
    },
    reason: {
      en: "Row-level security is not forced on {object}.",
      ja: "{object} で行レベルセキュリティが強制されていない。",
    },
    remedy: {
      en: "ALTER TABLE {object} FORCE ROW LEVEL SECURITY.",
      ja: "ALTER TABLE {object} FORCE ROW LEVEL SECURITY を実行する。",
    },
    bad: "ALTER TABLE shop.notes NO FORCE ROW LEVEL SECURITY;\n",
    good: GOOD,
  },
  policyTooWide: {
    code: "database/policy-too-wide",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A policy lets other tenants through", ja: "他のテナントを通すポリシー" },
    why: {
      en: "Permissive policies are alternatives: the widest one decides.",
      ja: "許可のポリシーはどれか一つが通せば通るため、最も広いものが決める。",
    },
    reason: {
      en: "Policy {policy} on {object} does not keep {command} of {role} within the current tenant ({because}): {clause} ({expression}).",
      ja: "{object} のポリシー {policy} は、{role} の {command} を現在のテナントに限らない（{because}）: {clause} ({expression})。",
    },
    remedy: {
      en: "Compare {column} with the session's tenant and nothing else; what else must hold goes into a RESTRICTIVE policy.",
      ja: "{column} をセッションのテナントと比べるだけにする。他の条件はRESTRICTIVEのポリシーに書く。",
    },
    bad: "CREATE POLICY all_of_them ON shop.notes FOR SELECT USING (true);\n",
    good: "CREATE POLICY short_ones ON shop.notes AS RESTRICTIVE USING (length(body) < 10000);\n",
  },
  policyUnknown: {
    code: "database/policy-not-understood",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A policy cannot be judged", ja: "判定できないポリシー" },
    why: {
      en: "It compares the tenant column with something that is not plainly the session's tenant.",
      ja: "テナントの列を、セッションのテナントと明らかには言えないものと比べている。",
    },
    reason: {
      en: "Policy {policy} on {object} compares {column} with something that is not understood ({because}): {clause} ({expression}).",
      ja: "{object} のポリシー {policy} が {column} と比べるものを判定できない（{because}）: {clause} ({expression})。",
    },
    remedy: {
      en: "Compare with current_setting or a function that returns just that; or declare it with its expression and a reason under `database.exceptions`.",
      ja: "current_setting、またはそれだけを返す関数と比べる。または式と理由を付けて `database.exceptions` に書く。",
    },
    bad: "DROP POLICY tenant ON shop.notes;\nCREATE POLICY tenant ON shop.notes USING (tenant_id = split_part(current_setting('shop.tenant', true), ',', 1));\n",
    good: GOOD,
  },
  deniesAll: {
    code: "database/policy-denies-all",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A right that no policy lets through", ja: "ポリシーが通さない権限" },
    why: {
      en: "It is safe, but the next person who finds that nothing works adds a wide policy.",
      ja: "安全だが、動かないことに気付いた人が広いポリシーを足すもとになる。",
    },
    reason: {
      en: "{role} may {command} on {object}, but no permissive policy lets any row through.",
      ja: "{role} は {object} で {command} できるが、行を通すポリシーがない。",
    },
    remedy: {
      en: "Write the policy for it, or take the right away.",
      ja: "そのためのポリシーを書くか、権限を外す。",
    },
    bad: "DROP POLICY tenant ON shop.notes;\nCREATE POLICY tenant ON shop.notes FOR SELECT USING (tenant_id = (SELECT shop.current_tenant()));\n",
    good: GOOD,
  },
  keyAcross: {
    code: "database/key-across-tenants",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A unique key spans tenants", ja: "一意キーがテナントをまたぐ" },
    why: {
      en: "The refusal of a duplicate tells one tenant what another has, and keeps it from using the value.",
      ja: "重複の拒否によって他のテナントにある値が知れ、その値を使えない。",
    },
    reason: {
      en: "{key} on {object} ({columns}) does not contain {column}.",
      ja: "{object} の {key} ({columns}) に {column} が含まれていない。",
    },
    remedy: { en: "Put {column} first in the key.", ja: "鍵の先頭に {column} を加える。" },
    bad: "ALTER TABLE shop.customers ADD UNIQUE (email);\n",
    good: "ALTER TABLE shop.notes ADD UNIQUE (tenant_id, body);\n",
  },
  referenceAcross: {
    code: "database/reference-across-tenants",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A foreign key spans tenants", ja: "外部キーがテナントをまたぐ" },
    why: {
      en: "Foreign keys are checked without row-level security: a tenant can refer to another's row, and learn that it exists.",
      ja: "外部キーの検査に行レベルセキュリティは効かない。他のテナントの行を参照でき、その存在が知れる。",
    },
    reason: {
      en: "{key} on {object} refers to {target} without comparing the tenant.",
      ja: "{object} の {key} が、テナントを比べずに {target} を参照している。",
    },
    remedy: {
      en: "FOREIGN KEY ({column}, …) REFERENCES {target} ({column}, …).",
      ja: "FOREIGN KEY ({column}, …) REFERENCES {target} ({column}, …) とする。",
    },
    bad: "ALTER TABLE shop.customers ADD UNIQUE (id);\nALTER TABLE shop.notes ADD customer_id uuid REFERENCES shop.customers (id);\n",
    good: "ALTER TABLE shop.notes ADD customer_id uuid, ADD FOREIGN KEY (tenant_id, customer_id) REFERENCES shop.customers;\n",
  },
  partitionOpen: {
    code: "database/partition-open",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A partition is open to direct access", ja: "直接読めるパーティション" },
    why: {
      en: "The parent's row-level security is not applied to whoever names the partition itself.",
      ja: "パーティションを直接指定すると、親の行レベルセキュリティは効かない。",
    },
    reason: {
      en: "{role} may {rights} on {object}, which is part of {parent} and has no row-level security of its own.",
      ja: "{role} が {parent} の一部である {object} で {rights} でき、そこには行レベルセキュリティがない。",
    },
    remedy: {
      en: "Take the rights on the partition away: those on the parent are enough. Or enable row-level security there as well.",
      ja: "パーティションの権限を外す（親の権限で足りる）か、そこでも行レベルセキュリティを有効にする。",
    },
    bad: "GRANT SELECT ON shop.visits_2026 TO shop_app;\n",
    good: "CREATE TABLE shop.visits_2027 PARTITION OF shop.visits FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n",
  },
  foreignTable: {
    code: "database/foreign-table",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A foreign table has no row-level security", ja: "外部表に行レベルセキュリティはない" },
    why: {
      en: "PostgreSQL applies no policies to foreign tables; whatever the other server returns is shown.",
      ja: "外部表にポリシーは効かず、他のサーバーが返すものがすべて見える。",
    },
    reason: { en: "{role} may {rights} on {object}.", ja: "{role} が外部表 {object} で {rights} できる。" },
    remedy: {
      en: "Take the rights away, or declare it with a reason under `database.exceptions`.",
      ja: "権限を外すか、理由を付けて `database.exceptions` に書く。",
    },
    bad: "RESET ROLE;\nCREATE FOREIGN DATA WRAPPER elsewhere;\nCREATE SERVER other FOREIGN DATA WRAPPER elsewhere;\nCREATE FOREIGN TABLE shop.afar (tenant_id text NOT NULL) SERVER other;\nGRANT SELECT ON shop.afar TO shop_app;\n",
    good: "RESET ROLE;\nCREATE FOREIGN DATA WRAPPER elsewhere;\nCREATE SERVER other FOREIGN DATA WRAPPER elsewhere;\nCREATE FOREIGN TABLE shop.afar (tenant_id text NOT NULL) SERVER other;\n",
  },
});
