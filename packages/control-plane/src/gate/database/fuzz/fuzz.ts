import type { ClientBase } from "pg";
import { DATABASE_CHECKS as CHECKS } from "../checks.ts";
import { type Context, found, isTenantTable, type ObjectFinding, tenantTables } from "../context.ts";
import { type Column, nameOf, type Relation, tenantColumnOf } from "../model.ts";
import { callEverything } from "./calls.ts";
import { identities } from "./identities.ts";
import { countOf, seesOthers } from "./store-acts.ts";
import { type Plant, plantRow } from "./store-plant.ts";
import { type As, savepoint, tryAs } from "./store-session.ts";
import { tenantName } from "./values.ts";
import { writeEverywhere } from "./writes.ts";

export type Fuzzed = { findings: ObjectFinding[]; fuzzed: string[]; attempts: number; calls: number };

/** Everything that the attempts need: two tenants, their rows, and how to act as somebody. */
export type Stage = {
  client: ClientBase;
  context: Context;
  tenants: [string, string];
  rows: [Plant["rows"], Plant["rows"]];
  column(relation: Relation): Column;
  as(tenant: string | undefined): As;
  count: { attempts: number };
};

const none = (findings: ObjectFinding[]): Fuzzed => ({ findings, fuzzed: [], attempts: 0, calls: 0 });

/** Acts as one tenant on the rows of another. Inside of a transaction that is rolled back by whoever opened it. */
export async function fuzz(client: ClientBase, context: Context): Promise<Fuzzed> {
  const { catalogue, tenancy } = context;
  const role = catalogue.appRole;
  const connected = catalogue.roles.get(catalogue.connectedAs)!;
  const isApp = connected.oid === role.oid;
  const cannot = (cause: string, causeJa: string) =>
    none([found(CHECKS.nothingFuzzed, role.name, { role: role.name, cause, causeJa })]);
  if (tenancy.setting === undefined)
    return cannot("no policy compares a setting", "設定と比べるポリシーがない");
  if (!isApp && !connected.isSuperuser && !connected.reaches.has(role.oid)) {
    return cannot(`${connected.name} cannot become it`, `${connected.name} はこのロールになれない`);
  }
  const tables = tenantTables(context);
  const typed = tables.map((one) => tenantColumnOf(one, tenancy)!)[0];
  const [a, b] = typed ? [tenantName(typed, 0), tenantName(typed, 1)] : [];
  if (a === undefined || b === undefined) return cannot("there is no table of tenants", "テナントの表がない");
  const setting = tenancy.setting;
  const stage: Stage = {
    client,
    context,
    tenants: [a, b],
    rows: [new Map(), new Map()],
    column: (relation) => tenantColumnOf(relation, tenancy)!,
    as: (tenant) => ({ role: isApp ? undefined : role.name, setting, tenant }),
    count: { attempts: 0 },
  };
  const findings = await readAsNobody(stage, tables);
  const planted = { role: undefined, setting };
  const reasons = await plantAll(stage, tables, planted, 0);
  await savepoint(client, "before_other");
  for (const [oid, reason] of await plantAll(stage, tables, planted, 1)) reasons.set(oid, reason);
  const { fuzzed, missed } = await control(stage, tables, reasons);
  findings.push(
    ...(await readAsAnybody(stage, tables)),
    ...(await writeEverywhere(stage, fuzzed)),
    ...missed,
  );
  const called = await callEverything(stage);
  findings.push(...called.findings);
  if (fuzzed.length === 0)
    findings.push(...cannot("no rows could be put anywhere", "行を置けなかった").findings);
  return { findings, fuzzed: fuzzed.map(nameOf), attempts: stage.count.attempts, calls: called.calls };
}

/** One row of a tenant in every table, as the strongest there is: the role of the connection. */
async function plantAll(stage: Stage, tables: Relation[], as: Omit<As, "tenant">, which: 0 | 1) {
  const { catalogue, tenancy } = stage.context;
  const plant: Plant = {
    client: stage.client,
    as: { ...as, tenant: stage.tenants[which] },
    tenant: stage.tenants[which],
    tenantColumn: (relation) => tenantColumnOf(relation, tenancy),
    relations: catalogue.relations,
    rows: stage.rows[which],
    failures: new Map(),
  };
  for (const table of tables) if (!table.isPartition) await plantRow(table, plant);
  return plant.failures;
}

/** Before any tenant was ever set in this session: nothing at all may be seen. */
async function readAsNobody(stage: Stage, tables: Relation[]): Promise<ObjectFinding[]> {
  const findings: ObjectFinding[] = [];
  for (const table of tables.filter(({ rights }) => rights.has("SELECT"))) {
    stage.count.attempts += 1;
    const seen = await tryAs(stage.client, stage.as(undefined), () =>
      seesOthers(stage.client, table, stage.column(table).name, null),
    );
    if (seen.ok && seen.value) findings.push(leak("leakRead", stage, table, ["nobody", "誰でもない者"], SAW));
  }
  return findings;
}

/** Positive controls: the other tenant sees its row, the first one its own; else nothing was tried. */
async function control(stage: Stage, tables: Relation[], reasons: Map<number, string>) {
  const { client, context } = stage;
  const fuzzed: Relation[] = [];
  const missed: ObjectFinding[] = [];
  for (const table of tables) {
    if (table.isPartition) continue;
    const miss = (cause: string, causeJa: string) =>
      missed.push(found(CHECKS.notFuzzed, nameOf(table), { cause, causeJa }));
    if (table.rights.size === 0) continue;
    const reason = reasons.get(table.oid);
    if (reason !== undefined) miss(`no row can be put there (${reason})`, `行を置けない（${reason}）`);
    else if (table.rights.has("SELECT")) {
      let isSeen = true;
      for (const tenant of stage.tenants) {
        const one = await tryAs(client, stage.as(tenant), () =>
          countOf(client, table, stage.column(table).name, tenant),
        );
        isSeen &&= one.ok && one.value > 0;
      }
      if (isSeen) fuzzed.push(table);
      else miss(`${context.catalogue.appRole.name} does not see a tenant's own row`, "自分の行も見えない");
    } else fuzzed.push(table);
  }
  return { fuzzed, missed };
}

async function readAsAnybody(stage: Stage, tables: Relation[]): Promise<ObjectFinding[]> {
  const { client, context } = stage;
  const [own, other] = stage.tenants;
  const findings: ObjectFinding[] = [];
  const columned = [...context.catalogue.relations.values()].filter(
    (one) =>
      one.kind === "v" &&
      one.columns.some(({ name }) => name === context.tenancy.column) &&
      !context.exemption(one),
  );
  for (const relation of [...tables, ...columned].filter(({ rights }) => rights.has("SELECT"))) {
    const column = stage.column(relation);
    for (const { as, asJa, value } of identities(own, other, column)) {
      stage.count.attempts += 1;
      const seen = await tryAs(client, stage.as(value), () => countOf(client, relation, column.name, other));
      const others =
        value !== own || (seen.ok && seen.value > 0)
          ? undefined
          : await tryAs(client, stage.as(value), () => seesOthers(client, relation, column.name, own));
      if ((seen.ok && seen.value > 0) || (others?.ok && others.value)) {
        findings.push(leak("leakRead", stage, relation, [as, asJa], SAW));
        break;
      }
    }
  }
  return findings;
}

const SAW: [string, string] = ["saw rows of another tenant", "他のテナントの行が見えた"];

type LeakName = "leakRead" | "leakWrite" | "leakInsert" | "leakExistence" | "leakReference" | "leakFunction";

/** A finding that says who did what where. */
export function leak(
  check: LeakName,
  { context }: Stage,
  object: Relation | string,
  [as, asJa]: [string, string],
  [what, whatJa]: [string, string],
): ObjectFinding {
  const role = context.catalogue.appRole.name;
  const finding = found(CHECKS[check], typeof object === "string" ? object : nameOf(object), {
    role,
    as,
    what,
    whatJa,
  });
  return { ...finding, reason: { en: finding.reason.en, ja: finding.reason.ja.replace(as, asJa) } };
}

export const isOfTenants = isTenantTable;
