import { checks } from "../../check.ts";

const COMMITMENTS = ["SK-097", "SK-101"];

/** What the application's role is, and what it may. */
export const ROLE_CHECKS = checks({
  bypasses: {
    code: "database/role-bypasses-rls",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "The application's role is above row-level security",
      ja: "アプリケーションのロールに行レベルセキュリティが効かない",
    },
    why: { en: "No policy is applied to it at all.", ja: "どのポリシーも適用されない。" },
    reason: { en: "{role} is {what}.", ja: "{role} は {what} である。" },
    remedy: {
      en: "ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOREPLICATION; give other work another role.",
      ja: "ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS NOREPLICATION とし、他の仕事には別のロールを使う。",
    },
    bad: "RESET ROLE;\nALTER ROLE shop_app BYPASSRLS;\n",
    good: "RESET ROLE;\nALTER ROLE shop_app CONNECTION LIMIT 50;\n",
  },
  owns: {
    code: "database/role-owns-objects",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The application's role owns what it uses", ja: "アプリケーションのロールが所有者である" },
    why: {
      en: "An owner can switch row-level security off, drop policies and grant rights.",
      ja: "所有者は行レベルセキュリティを切り、ポリシーを消し、権限を与えられる。",
    },
    reason: { en: "{role} owns {object}.", ja: "{role} が {object} を所有している。" },
    remedy: { en: "Give it to a role that only migrates.", ja: "マイグレーション専用のロールに移す。" },
    bad: "RESET ROLE;\nALTER TABLE shop.notes OWNER TO shop_app;\n",
    good: "RESET ROLE;\nCREATE ROLE shop_other;\nALTER TABLE shop.notes OWNER TO shop_other;\n",
  },
  reaches: {
    code: "database/role-reaches-stronger",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The application's role can become a stronger one", ja: "より強いロールになれる" },
    why: {
      en: "SET ROLE or inherited rights lead past every policy.",
      ja: "SET ROLEや継承した権限がどのポリシーも越える。",
    },
    reason: {
      en: "{role} is a member of {member}, which is {what}.",
      ja: "{role} は {member} のメンバーで、それは {what} である。",
    },
    remedy: { en: "REVOKE {member} FROM {role}.", ja: "REVOKE {member} FROM {role} を実行する。" },
    bad: "RESET ROLE;\nGRANT shop_owner TO shop_app;\n",
    good: "RESET ROLE;\nCREATE ROLE shop_readers;\nGRANT shop_readers TO shop_app;\n",
  },
  createsRoles: {
    code: "database/role-creates-roles",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The application's role can create roles", ja: "アプリケーションのロールがロールを作れる" },
    why: { en: "It can make itself other rights.", ja: "自分に別の権限を作り出せる。" },
    reason: { en: "{role} has CREATEROLE.", ja: "{role} に CREATEROLE がある。" },
    remedy: { en: "ALTER ROLE {role} NOCREATEROLE.", ja: "ALTER ROLE {role} NOCREATEROLE を実行する。" },
    bad: "RESET ROLE;\nALTER ROLE shop_app CREATEROLE;\n",
    good: "RESET ROLE;\nALTER ROLE shop_app NOCREATEROLE;\n",
  },
  sessionDefault: {
    code: "database/session-default",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "Sessions begin with a tenant, or without row-level security",
      ja: "セッションが最初からテナントを持つ",
    },
    why: {
      en: "A transaction that forgets to say its tenant must see nothing, not somebody's rows.",
      ja: "テナントを設定し忘れたトランザクションには、誰の行も見えてはならない。",
    },
    reason: {
      en: "{name} is set to '{value}' for sessions of {role}.",
      ja: "{role} のセッションで {name} が '{value}' になっている。",
    },
    remedy: {
      en: "ALTER ROLE … RESET {name} (or ALTER DATABASE).",
      ja: "ALTER ROLE … RESET {name} を実行する（またはALTER DATABASE）。",
    },
    bad: "RESET ROLE;\nALTER ROLE shop_app SET shop.tenant = 'acme';\n",
    good: "RESET ROLE;\nALTER ROLE shop_app SET statement_timeout = '5s';\n",
  },
  parameter: {
    code: "database/role-may-set-parameter",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The application's role may set what protects it", ja: "保護を切る設定を変えられる" },
    why: {
      en: "session_replication_role switches triggers and foreign keys off.",
      ja: "session_replication_roleはトリガーと外部キーを無効にする。",
    },
    reason: { en: "{role} may set {name}.", ja: "{role} が {name} を設定できる。" },
    remedy: {
      en: "REVOKE SET ON PARAMETER {name} FROM {role}.",
      ja: "REVOKE SET ON PARAMETER {name} FROM {role} を実行する。",
    },
    bad: "RESET ROLE;\nGRANT SET ON PARAMETER session_replication_role TO shop_app;\n",
    good: "RESET ROLE;\nGRANT SET ON PARAMETER log_min_duration_statement TO shop_app;\n",
  },
  grantTooWide: {
    code: "database/grant-too-wide",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "A right that row-level security does not hold back",
      ja: "行レベルセキュリティが効かない権限",
    },
    why: {
      en: "TRUNCATE empties all tenants, REFERENCES and TRIGGER reach rows and statements of others; grant options pass rights on.",
      ja: "TRUNCATEは全テナントを空にし、REFERENCESとTRIGGERは他者の行と文に届く。付与権は権限を広げる。",
    },
    reason: { en: "{role} has {right} on {object}.", ja: "{role} が {object} に {right} を持つ。" },
    remedy: {
      en: "REVOKE {right} ON {object} FROM {role}.",
      ja: "REVOKE {right} ON {object} FROM {role} を実行する。",
    },
    bad: "GRANT TRUNCATE ON shop.notes TO shop_app;\n",
    good: "GRANT SELECT, INSERT ON shop.notes TO shop_app;\n",
  },
  grantToPublic: {
    code: "database/grant-to-public",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Everybody has rights on a tenant table", ja: "テナントの表に全員の権限がある" },
    why: {
      en: "Every role that is ever created can use it, also those that bypass row-level security.",
      ja: "後から作られるどのロールも使える。行レベルセキュリティが効かないものも含む。",
    },
    reason: { en: "PUBLIC has {rights} on {object}.", ja: "PUBLICが {object} に {rights} を持つ。" },
    remedy: {
      en: "REVOKE ALL ON {object} FROM PUBLIC.",
      ja: "REVOKE ALL ON {object} FROM PUBLIC を実行する。",
    },
    bad: "GRANT SELECT ON shop.notes TO PUBLIC;\n",
    good: "REVOKE ALL ON shop.notes FROM PUBLIC;\n",
  },
  defaultPrivileges: {
    code: "database/default-privileges-too-wide",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The next table is open from the start", ja: "次の表が最初から開いている" },
    why: {
      en: "Default privileges give rights on tables that have no policy yet.",
      ja: "既定の権限は、まだポリシーのない表にも与えられる。",
    },
    reason: {
      en: "Default privileges give {right} on new tables in {object} to {grantee}.",
      ja: "{object} の新しい表の {right} が、既定で {grantee} に与えられる。",
    },
    remedy: {
      en: "ALTER DEFAULT PRIVILEGES … REVOKE {right} ON TABLES FROM {grantee}.",
      ja: "ALTER DEFAULT PRIVILEGES … REVOKE {right} ON TABLES FROM {grantee} を実行する。",
    },
    bad: "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT TRUNCATE ON TABLES TO shop_app;\n",
    good: "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON SEQUENCES TO shop_app;\n",
  },
  schemaCreate: {
    code: "database/schema-create",
    severity: "warn",
    commitments: COMMITMENTS,
    title: {
      en: "The application's role may create objects",
      ja: "アプリケーションのロールがオブジェクトを作れる",
    },
    why: {
      en: "A function or operator that it puts there may be called by a stronger role.",
      ja: "そこに置いた関数や演算子を、より強いロールが呼ぶことがある。",
    },
    reason: {
      en: "{role} may create objects in schema {object}.",
      ja: "{role} がスキーマ {object} にオブジェクトを作れる。",
    },
    remedy: {
      en: "REVOKE CREATE ON SCHEMA {object} FROM PUBLIC, {role}.",
      ja: "REVOKE CREATE ON SCHEMA {object} FROM PUBLIC, {role} を実行する。",
    },
    bad: "GRANT CREATE ON SCHEMA shop TO shop_app;\n",
    good: "GRANT USAGE ON SCHEMA shop TO shop_app;\n",
  },
  sequenceWritable: {
    code: "database/sequence-writable",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "One tenant can move everybody's numbers", ja: "一つのテナントが全員の番号を動かせる" },
    why: {
      en: "setval on a shared sequence makes the other tenants' inserts fail or collide.",
      ja: "共有のシーケンスへのsetvalは、他のテナントの挿入を失敗させる。",
    },
    reason: {
      en: "{role} has UPDATE on sequence {object}.",
      ja: "{role} がシーケンス {object} にUPDATEを持つ。",
    },
    remedy: { en: "Grant USAGE only.", ja: "USAGEだけを与える。" },
    bad: "CREATE SEQUENCE shop.numbers;\nGRANT UPDATE ON SEQUENCE shop.numbers TO shop_app;\n",
    good: "CREATE SEQUENCE shop.numbers;\nGRANT USAGE ON SEQUENCE shop.numbers TO shop_app;\n",
  },
});
