import { checks } from "../../check.ts";

const COMPATIBLE = ["INV-OPS-003", "INV-015", "RF-155"];
const NOTES = "CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id text NOT NULL);\n";

/** Rights and row security that change under the running version. */
export const ACCESS_CHECKS = checks({
  revoke: {
    code: "migration/revoke",
    severity: "block",
    commitments: COMPATIBLE,
    title: { en: "A right is taken away", ja: "権限を取り上げている" },
    why: {
      en: "The running version may still need it; its statements fail with “permission denied” from this moment.",
      ja: "稼働中の版がまだ必要としているかもしれない。その瞬間から権限エラーで文が失敗する。",
    },
    reason: { en: "{role} loses rights.", ja: "{role} が権限を失う。" },
    remedy: {
      en: "Ship a version that no longer needs the right first; record that in the release ledger and revoke it in a later migration.",
      ja: "先に、この権限を必要としない版を出荷する。リリース台帳に記録し、後のマイグレーションで取り上げる。",
    },
    bad: "REVOKE INSERT ON orders FROM app;\n",
    good: "GRANT INSERT ON orders TO app;\n",
  },
  grantPublic: {
    code: "migration/grant-to-public",
    severity: "warn",
    commitments: ["RF-157", "SK-101"],
    title: { en: "Everybody gets a right on a table", ja: "表への権限を全員に与えている" },
    why: {
      en: "PUBLIC is every role of the database, those of other services and of people too.",
      ja: "PUBLICはデータベースのすべてのロールで、他のサービスや人のロールも含む。",
    },
    reason: { en: "A right on a table is granted to PUBLIC.", ja: "表への権限をPUBLICに与えている。" },
    remedy: { en: "Grant it to the role that needs it.", ja: "必要とするロールにだけ与える。" },
    bad: "GRANT SELECT ON orders TO PUBLIC;\n",
    good: "GRANT SELECT ON orders TO reporting;\n",
  },
  roleBypasses: {
    code: "migration/role-bypasses-row-security",
    severity: "block",
    commitments: ["SK-097", "SK-101"],
    title: { en: "A role may bypass row level security", ja: "ロールが行レベルセキュリティを迂回できる" },
    why: {
      en: "A superuser or BYPASSRLS role sees every tenant's rows, whatever the policies say.",
      ja: "スーパーユーザーやBYPASSRLSのロールは、ポリシーにかかわらず全テナントの行を見る。",
    },
    reason: {
      en: "{role} may bypass row level security.",
      ja: "{role} が行レベルセキュリティを迂回できるようになる。",
    },
    remedy: {
      en: "Use a role with NOSUPERUSER NOBYPASSRLS and the grants that it needs.",
      ja: "NOSUPERUSER NOBYPASSRLSのロールに、必要な権限だけを与える。",
    },
    bad: "ALTER ROLE app BYPASSRLS;\n",
    good: "ALTER ROLE app NOBYPASSRLS;\n",
  },
  ownerChanged: {
    code: "migration/owner-changed",
    severity: "warn",
    commitments: COMPATIBLE,
    title: { en: "An owner changes", ja: "所有者が変わる" },
    why: {
      en: "The old owner loses all rights that it had only as owner; the new one is not held by row level security that is not forced.",
      ja: "以前の所有者は、所有者としてだけ持っていた権限をすべて失う。新しい所有者は、FORCEでない行レベルセキュリティには縛られない。",
    },
    reason: { en: "The owner of an object changes.", ja: "オブジェクトの所有者が変わる。" },
    remedy: {
      en: "Grant the roles of the running version what they need before; force row level security.",
      ja: "稼働中の版のロールに必要な権限を先に与え、行レベルセキュリティをFORCEにする。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE orders OWNER TO migrator;\n",
    good: "GRANT SELECT ON orders TO migrator;\n",
  },
  rowSecurityOff: {
    code: "migration/row-security-off",
    severity: "block",
    commitments: ["SK-097", "SK-101"],
    title: { en: "Row level security is turned off", ja: "行レベルセキュリティを無効にしている" },
    why: {
      en: "From this moment a query that forgets the tenant sees every tenant's rows. Without FORCE the owner sees them.",
      ja: "その瞬間から、テナントの条件を忘れた問い合わせが全テナントの行を見る。FORCEがなければ所有者が見る。",
    },
    reason: {
      en: "{table} is no longer protected by row level security.",
      ja: "{table} が行レベルセキュリティで守られなくなる。",
    },
    remedy: {
      en: "Leave it enabled and forced; give maintenance work a policy of its own.",
      ja: "有効かつFORCEのままにし、保守の作業には専用のポリシーを与える。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE orders DISABLE ROW LEVEL SECURITY;\n",
    good: "SET lock_timeout = '2s';\nALTER TABLE orders FORCE ROW LEVEL SECURITY;\n",
  },
  rowSecurityOn: {
    code: "migration/row-security-without-policy",
    severity: "block",
    commitments: [...COMPATIBLE, "SK-097"],
    title: {
      en: "Row level security is turned on under the running version",
      ja: "稼働中の版の下で行レベルセキュリティを有効にしている",
    },
    why: {
      en: "Without a policy every row is hidden and every write refused; with one, a version that does not set its tenant sees nothing.",
      ja: "ポリシーがなければ全行が見えず、書き込みもすべて拒まれる。あっても、テナントを設定しない版からは何も見えない。",
    },
    reason: {
      en: "Row level security starts on {table}, which is in use.",
      ja: "使用中の {table} で行レベルセキュリティが始まる。",
    },
    remedy: {
      en: "Make the policies in the same transaction, and only after every live version sets its tenant.",
      ja: "稼働中のどの版もテナントを設定するようになってから、同じトランザクションでポリシーを作る。",
    },
    bad: "SET lock_timeout = '2s';\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n",
    good: `${NOTES}ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\nCREATE POLICY tenant ON notes USING (tenant_id = current_setting('app.tenant'));\n`,
  },
  dropPolicy: {
    code: "migration/drop-policy",
    severity: "block",
    commitments: [...COMPATIBLE, "SK-097", "SK-101"],
    title: { en: "A policy is dropped", ja: "ポリシーを削除している" },
    why: {
      en: "Without a permissive policy the running version sees no row; without a restrictive one it sees too many.",
      ja: "許可のポリシーがなくなれば稼働中の版から行が見えず、制限のポリシーがなくなれば見えすぎる。",
    },
    reason: { en: "The policy {name} of {table} is dropped.", ja: "{table} のポリシー {name} を削除する。" },
    remedy: {
      en: "Use ALTER POLICY, or make the new policy in the same transaction.",
      ja: "ALTER POLICYを使うか、同じトランザクションで新しいポリシーを作る。",
    },
    bad: "DROP POLICY tenant ON orders;\n",
    good: "ALTER POLICY tenant ON orders USING (tenant_id = current_setting('app.tenant'));\n",
  },
  openPolicy: {
    code: "migration/policy-for-every-row",
    severity: "warn",
    commitments: ["SK-097", "SK-101"],
    title: { en: "A policy is true of every row", ja: "ポリシーがすべての行で真になる" },
    why: {
      en: "Permissive policies are joined by OR: one that is always true undoes all others.",
      ja: "許可のポリシーはORで結ばれるため、常に真のものが一つあれば他は意味を失う。",
    },
    reason: {
      en: "A policy of {table} lets every row through.",
      ja: "{table} のポリシーがすべての行を通す。",
    },
    remedy: {
      en: "Compare the tenant's column with the session's tenant.",
      ja: "テナントの列を、セッションのテナントと比べる。",
    },
    bad: "CREATE POLICY everyone ON orders USING (true);\n",
    good: "CREATE POLICY tenant ON orders USING (tenant_id = current_setting('app.tenant'));\n",
  },
});
