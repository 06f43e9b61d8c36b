/** What the catalogue of a database says, as far as it bears on tenants. Object ids are PostgreSQL's. */
export type Catalogue = {
  version: number;
  database: string;
  connectedAs: number;
  roles: Map<number, Role>;
  relations: Map<number, Relation>;
  functions: Map<number, DatabaseFunction>;
  triggers: Trigger[];
  rules: Rule[];
  schemas: Schema[];
  defaultGrants: DefaultGrant[];
  roleSettings: { role: number; name: string; value: string }[];
  parameterGrants: string[];
  appRole: Role;
};

export type Role = {
  oid: number;
  name: string;
  isSuperuser: boolean;
  bypassesRls: boolean;
  createsRoles: boolean;
  replicates: boolean;
  canLogin: boolean;
  /** Roles whose rights it has without doing anything. */
  inherits: Set<number>;
  /** Roles that it can become, or give itself. */
  reaches: Set<number>;
};

/** `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign table, `S` sequence. */
export type RelationKind = "r" | "p" | "v" | "m" | "f" | "S";

export type Relation = {
  oid: number;
  schema: string;
  name: string;
  kind: RelationKind;
  owner: number;
  rls: boolean;
  forced: boolean;
  isPartition: boolean;
  parents: number[];
  isInvoker: boolean;
  /** What the app role may do, on all or on some columns. */
  rights: Set<string>;
  grantable: string[];
  publicRights: string[];
  columns: Column[];
  policies: Policy[];
  keys: Key[];
  references: Reference[];
  checks: CheckConstraint[];
  /** Relations and functions that a view's query or a rule names. */
  uses: number[];
};

export type Column = {
  name: string;
  number: number;
  /** As a cast writes it. */
  type: string;
  /** Under a domain. */
  base: string;
  typeKind: string;
  length: number | null;
  isNullable: boolean;
  default: string | null;
  identity: string;
  isGenerated: boolean;
  isDeterministic: boolean;
  labels: string[];
  domainChecks: string[];
  canInsert: boolean;
  canUpdate: boolean;
};

export type Policy = {
  name: string;
  /** `*` all, `r` SELECT, `a` INSERT, `w` UPDATE, `d` DELETE. */
  command: string;
  isPermissive: boolean;
  roles: number[];
  using: string | null;
  check: string | null;
};

/** A unique index, primary key or exclusion constraint. `columns` are those compared for equality. */
export type Key = {
  name: string;
  columns: string[];
  isPrimary: boolean;
  isExclusion: boolean;
  /** Belongs to a partitioned index, whose table is looked at itself. */
  isInherited: boolean;
};
export type Reference = { name: string; columns: string[]; to: number; toColumns: string[] };
export type CheckConstraint = { name: string; columns: string[]; expression: string };

export type DatabaseFunction = {
  oid: number;
  schema: string;
  name: string;
  kind: string;
  owner: number;
  isDefiner: boolean;
  isLeakproof: boolean;
  volatility: string;
  language: string;
  settings: string[];
  /** Types of the arguments that a caller gives. */
  arguments: string[];
  defaults: number;
  returns: string;
  returnsSet: boolean;
  source: string;
  definition: string | null;
  isExecutable: boolean;
  /** What a parsed body names. */
  uses: number[];
};

export type Trigger = { name: string; table: number; function: number };
export type Rule = { name: string; relation: number; event: string; uses: number[] };
export type Schema = { name: string; owner: number; canCreate: boolean; canUse: boolean };
export type DefaultGrant = {
  owner: number;
  schema: string | null;
  grantee: number;
  kind: string;
  right: string;
};

/** What keeps tenants apart in this database. */
export type Tenancy = {
  column: string;
  setting: string | undefined;
  /** Relations whose tenant column has another name: the table of the tenants themselves. */
  columns: Map<number, string>;
};

export const nameOf = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`;

export const isTable = ({ kind }: Relation): boolean => kind === "r" || kind === "p";

/** The tenant column of a relation, if it has one. */
export function tenantColumnOf(relation: Relation, tenancy: Tenancy): Column | undefined {
  const name = tenancy.columns.get(relation.oid) ?? tenancy.column;
  return relation.columns.find((column) => column.name === name);
}

/** Whether a role does anything at all with the relation. */
export const isReachable = ({ rights }: Relation): boolean => rights.size > 0;

export const WRITES = ["INSERT", "UPDATE", "DELETE", "TRUNCATE"] as const;
