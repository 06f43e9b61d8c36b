import { checks } from "../../check.ts";

const COMMITMENTS = ["SK-097", "SK-100", "SK-101"];
const POLICY = (table: string): string =>
  `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;\nALTER TABLE ${table} FORCE ROW LEVEL SECURITY;\nCREATE POLICY tenant ON ${table} USING (tenant_id = current_setting('app.tenant'));\n`;
const FIRST = `CREATE TABLE users (tenant_id text NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));\n${POLICY("users")}`;
const history = (second: string): Record<string, string> => ({
  "migrations/0001-create-users.sql": FIRST,
  "migrations/0002-create-notes.sql": second,
});
const NOTES = (rest: string): string =>
  `CREATE TABLE notes (tenant_id text NOT NULL, id bigint${rest}, PRIMARY KEY (tenant_id, id));\n`;
const GOOD = history(`${NOTES("")}${POLICY("notes")}`);

/** Tables of tenants that do not keep them apart. */
export const TENANCY_CHECKS = checks({
  tenantColumn: {
    code: "migration/tenant-column-missing",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A new table has no tenant column", ja: "新しい表にテナントの列がない" },
    why: {
      en: "Its rows belong to nobody: no policy can keep tenants apart, and a tenant's data cannot be found or erased.",
      ja: "行が誰のものでもないため、ポリシーでテナントを分けられず、あるテナントのデータを探すことも消すこともできない。",
    },
    reason: { en: "{table} has no column {column}.", ja: "{table} に列 {column} がない。" },
    remedy: {
      en: "Add {column} NOT NULL and row level security; list the table under `tenancy.except` when it holds nothing of tenants.",
      ja: "NOT NULLの {column} と行レベルセキュリティを加える。テナントのデータを持たない表なら `tenancy.except` に書く。",
    },
    bad: history("CREATE TABLE notes (id bigint PRIMARY KEY);\n"),
    good: GOOD,
  },
  tenantNullable: {
    code: "migration/tenant-column-nullable",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "The tenant column may be empty", ja: "テナントの列が空になりうる" },
    why: {
      en: "A row without a tenant is hidden from everybody and belongs to nobody.",
      ja: "テナントのない行は、誰からも見えず、誰のものでもない。",
    },
    reason: { en: "{table}.{column} may be NULL.", ja: "{table}.{column} がNULLになりうる。" },
    remedy: { en: "Make it NOT NULL.", ja: "NOT NULLにする。" },
    bad: history(`CREATE TABLE notes (tenant_id text, id bigint PRIMARY KEY);\n${POLICY("notes")}`),
    good: GOOD,
  },
  tenantRowSecurity: {
    code: "migration/row-security-missing",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "A new table does not force row level security",
      ja: "新しい表で行レベルセキュリティが強制されていない",
    },
    why: {
      en: "One query that forgets its condition shows other tenants' rows; without FORCE the owner of the table sees them all.",
      ja: "条件を忘れた問い合わせが一つあれば、他のテナントの行が見える。FORCEがなければ表の所有者には全行が見える。",
    },
    reason: { en: "{table} lacks: {missing}.", ja: "{table} に次がない: {missingJa}。" },
    remedy: {
      en: "In the same migration: ENABLE and FORCE ROW LEVEL SECURITY, and a policy on {column}.",
      ja: "同じマイグレーションで、ENABLEとFORCEのROW LEVEL SECURITY、および {column} のポリシーを加える。",
    },
    bad: history(NOTES("")),
    good: GOOD,
  },
  policyWithoutTenant: {
    code: "migration/policy-without-tenant",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "No policy looks at the tenant", ja: "テナントを見るポリシーがない" },
    why: {
      en: "Row level security is on but keeps nobody apart.",
      ja: "行レベルセキュリティは有効だが、誰も分けていない。",
    },
    reason: {
      en: "No policy of {table} mentions {column}.",
      ja: "{table} のどのポリシーも {column} に触れていない。",
    },
    remedy: {
      en: "Compare {column} with the session's tenant in the policy.",
      ja: "ポリシーで {column} をセッションのテナントと比べる。",
    },
    bad: history(
      `${NOTES("")}${POLICY("notes").replace("tenant_id = current_setting('app.tenant')", "id > 0")}`,
    ),
    good: GOOD,
  },
  uniqueWithoutTenant: {
    code: "migration/unique-across-tenants",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A unique key spans tenants", ja: "一意キーがテナントをまたぐ" },
    why: {
      en: "One tenant's value keeps another from using it, and the refusal tells that it exists.",
      ja: "あるテナントの値が別のテナントの利用を妨げ、拒否によってその存在も知れる。",
    },
    reason: {
      en: "{name} on {table} does not contain {column}.",
      ja: "{table} の {name} に {column} が含まれていない。",
    },
    remedy: { en: "Put {column} first in the key.", ja: "鍵の先頭に {column} を加える。" },
    bad: history(`${NOTES(", slug text UNIQUE")}${POLICY("notes")}`),
    good: history(`${NOTES(", slug text, UNIQUE (tenant_id, slug)")}${POLICY("notes")}`),
  },
  referenceWithoutTenant: {
    code: "migration/reference-across-tenants",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A foreign key spans tenants", ja: "外部キーがテナントをまたぐ" },
    why: {
      en: "Foreign keys are checked without row level security: a row may point at another tenant's.",
      ja: "外部キーの検査には行レベルセキュリティが効かないため、別のテナントの行を指すことができる。",
    },
    reason: {
      en: "{name} on {table} does not contain {column}.",
      ja: "{table} の {name} に {column} が含まれていない。",
    },
    remedy: {
      en: "Refer to ({column}, …) of a key that contains it.",
      ja: "{column} を含む鍵を、({column}, …) で参照する。",
    },
    bad: {
      "migrations/0001-create-users.sql": FIRST.replace("id bigint,", "id bigint UNIQUE,"),
      "migrations/0002-create-notes.sql": `${NOTES(", user_id bigint REFERENCES users (id)")}${POLICY("notes")}`,
    },
    good: history(
      `${NOTES(", user_id bigint, FOREIGN KEY (tenant_id, user_id) REFERENCES users")}${POLICY("notes")}`,
    ),
  },
});
