import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setsOfFiles } from "../read/sets.ts";
import { catalogueDifference, catalogueOf } from "../shadow/catalogue.ts";
import {
  isAtLeast,
  type Lock,
  type ObservedRun,
  type Relation,
  relationsOf,
  runObserved,
  statementsOf,
  transactionOf,
} from "../shadow/observe.ts";
import type { Migration } from "../types.ts";
import { type Case, cases, filesOf, isHistory } from "./corpus.ts";
import { attempt, firstValue, LIVE, openWorlds, rowCounts, type Worlds } from "./worlds.ts";

let worlds: Worlds;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds?.close());

describe("what the corpus says of PostgreSQL is what PostgreSQL does", () => {
  test.for(cases().map((one) => [one.path, one] as const))("%s", async ([, one]) => {
    expect(await contradictions(one)).toEqual([]);
  });

  test("a claim that is not true is noticed", async () => {
    const named = (path: string) => cases().find((one) => one.path === path)!;
    const index = named("indexes/20260105101200_index_orders_user_id.sql");
    const wrong: Case["claim"][] = [
      { locks: { orders: "ACCESS EXCLUSIVE" } },
      { builds: [] },
      { rewrites: ["orders"] },
      { error: "25001" },
      { lost: { orders: 1 } },
      { breaks: ["SELECT id FROM orders"] },
      { after: { "SELECT 1": 2 } },
    ];
    for (const claim of wrong) expect(await contradictions({ ...index, claim })).toHaveLength(1);
    // Called good, it is held against what a good migration may do.
    expect(await contradictions({ ...index, verdict: "pass" })).toEqual([
      "works on orders while it is locked",
    ]);
    const renamed = named("compatibility/20260502_rename_column.sql");
    expect((await contradictions({ ...renamed, verdict: "pass" })).join()).toMatch(/running version fails/);
    const back = named("downs/20261101_sectioned.sql");
    expect(await contradictions({ ...back, claim: { down: { same: false } } })).toHaveLength(1);
  });
});

/** Every claim of a case that was not seen, in words. */
async function contradictions(one: Case): Promise<string[]> {
  const client = isHistory(one) ? worlds.empty : worlds.shop;
  const migrations = setsOfFiles(filesOf(one)).sets.flatMap((set) => set.migrations);
  const last = migrations.at(-1);
  const up = last?.up.text ?? filesOf(one)[0]!.text;
  const wrapped = one.runs !== "none" && one.transaction !== "none";
  const ownTransaction = (await statementsOf(up)).some((statement) => statement.control);
  const clean = wrapped && !isHistory(one) && !ownTransaction;
  try {
    // What is rolled back at the end needs no new database, not even what came before the migration.
    if (one.setup) await client.query(one.setup);
    for (const { up } of migrations.slice(0, -1)) {
      const earlier = await runObserved(client, worlds.watcher, up.text, { wrapped: false, known: [] });
      if (earlier.error) return [`an earlier migration fails: ${earlier.error.message}`];
    }
    if (one.seed) await client.query(one.seed);
    const known = await relationsOf(client);
    const seen = await observe(client, known, up, wrapped, one);
    return [...seen, ...(await wayBack(client, known, last, wrapped, one))];
  } finally {
    await client.query("ROLLBACK");
    if (!clean || one.setup) await worlds.restore(client);
  }
}

type Before = { counts: Map<string, number>; catalogue: string[] };
const before = new WeakMap<Case, Before>();

async function observe(
  client: pg.Client,
  known: Relation[],
  up: string,
  wrapped: boolean,
  one: Case,
): Promise<string[]> {
  const names = known.map((relation) => relation.name);
  const counts = await rowCounts(client, names);
  before.set(one, { counts, catalogue: one.claim.down ? await catalogueOf(client) : [] });
  const role = isHistory(one) ? undefined : "app_user";
  const faults: string[] = [];
  for (const sql of one.claim.breaks ?? []) {
    const failed = await attempt(client, sql, role);
    if (failed) faults.push(`fails before the migration already: ${sql}: ${failed}`);
  }
  const run = await runObserved(client, worlds.watcher, up, { wrapped, known });
  faults.push(...errorFaults(one, run), ...workFaults(one, run));
  if (transactionOf(client) === "E" || (run.error && !wrapped)) await client.query("ROLLBACK");
  // A connection that closes with an open transaction of the script's own loses it.
  if (!wrapped && transactionOf(client) === "T") await client.query("ROLLBACK");
  for (const [sql, value] of Object.entries(one.claim.after ?? {})) {
    const found = await firstValue(client, sql);
    if (found !== value) faults.push(`${sql} gives ${found}, not ${value}`);
  }
  if (run.error) return faults;
  const after = await rowCounts(client, names);
  faults.push(...lossFaults(one, counts, after));
  for (const sql of one.claim.breaks ?? []) {
    if ((await attempt(client, sql, role)) === undefined) faults.push(`still works: ${sql}`);
  }
  if (one.verdict === "pass" && role) {
    const together = await attempt(client, LIVE.join(" "), role);
    for (const sql of together ? LIVE : []) {
      const failed = await attempt(client, sql, role);
      if (failed) faults.push(`the running version fails: ${sql}: ${failed}`);
    }
  }
  return faults;
}

function errorFaults(one: Case, run: ObservedRun): string[] {
  if (run.error?.code === one.claim.error) return [];
  return [`error ${run.error?.code} ${run.error?.message}, claimed ${one.claim.error}`];
}

const plain = (name: string) => name.replaceAll('"', "").replace(/^public\./, "");

function workFaults(one: Case, run: ObservedRun): string[] {
  const faults: string[] = [];
  const locks = new Map<string, Lock>();
  const seen = { rewrites: new Set<string>(), scans: new Set<string>(), builds: new Set<string>() };
  const blocking: string[] = [];
  let timeout: string | undefined;
  for (const statement of run.statements) {
    for (const [name, lock] of statement.locks) {
      if (isAtLeast(lock, "ACCESS EXCLUSIVE") && locks.get(name) !== lock) timeout = statement.lockTimeout;
      if (!isAtLeast(locks.get(name), lock)) locks.set(name, lock);
    }
    for (const name of statement.rewritten) seen.rewrites.add(name);
    for (const name of statement.scanned) seen.scans.add(name);
    for (const name of statement.alone ? [] : statement.built) seen.builds.add(name);
    const held = (name: string) => isAtLeast(statement.locks.get(name), "SHARE");
    blocking.push(...[...statement.scanned, ...statement.built].filter(held), ...statement.rewritten);
  }
  for (const [name, lock] of Object.entries(one.claim.locks ?? {})) {
    const found = locks.get(plain(name));
    if (found !== lock) faults.push(`${name} is locked with ${found}, claimed ${lock}`);
  }
  for (const kind of ["rewrites", "scans", "builds"] as const) {
    const claimed = one.claim[kind]?.map(plain);
    if (claimed?.length === 0 && seen[kind].size > 0)
      faults.push(`${kind}: ${[...seen[kind]]}, claimed none`);
    for (const name of claimed ?? []) if (!seen[kind].has(name)) faults.push(`${kind}: not ${name}`);
  }
  if (one.claim.timeout !== undefined && timeout !== one.claim.timeout) {
    faults.push(`lock_timeout is ${timeout}, claimed ${one.claim.timeout}`);
  }
  if (one.verdict === "pass") faults.push(...blocking.map((name) => `works on ${name} while it is locked`));
  return faults;
}

function lossFaults(one: Case, counts: Map<string, number>, after: Map<string, number>): string[] {
  const faults: string[] = [];
  for (const [name, lost] of Object.entries(one.claim.lost ?? {})) {
    const missing = (counts.get(name) ?? 0) - (after.get(name) ?? 0);
    if (missing !== lost) faults.push(`${name} lost ${missing} rows, claimed ${lost}`);
  }
  if (one.verdict !== "pass") return faults;
  for (const [name, rows] of counts) {
    if (rows > 0 && !after.get(name) && name !== "plans") faults.push(`${name} lost all rows`);
  }
  return faults;
}

async function wayBack(
  client: pg.Client,
  known: Relation[],
  last: Migration | undefined,
  wrapped: boolean,
  one: Case,
): Promise<string[]> {
  const claim = one.claim.down;
  if (!claim) return [];
  if (last?.down === undefined) return ["there is no down"];
  const was = before.get(one)!;
  const run = await runObserved(client, worlds.watcher, last.down.text, { wrapped, known });
  const faults: string[] = [];
  if (run.error?.code !== claim.error) {
    faults.push(`down: error ${run.error?.code} ${run.error?.message}, claimed ${claim.error}`);
  }
  if (run.error) return faults;
  const after = await rowCounts(
    client,
    known.map(({ name }) => name),
  );
  for (const [name, lost] of Object.entries(claim.lost ?? {})) {
    const missing = (was.counts.get(name) ?? 0) - (after.get(name) ?? 0);
    if (missing !== lost) faults.push(`down: ${name} lost ${missing} rows, claimed ${lost}`);
  }
  const differs = catalogueDifference(was.catalogue, await catalogueOf(client));
  if (claim.same !== undefined && claim.same !== (differs.length === 0)) {
    faults.push(`down: the catalogue differs by ${JSON.stringify(differs)}, claimed same: ${claim.same}`);
  }
  return faults;
}
