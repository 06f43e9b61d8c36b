import { mayDo, type Operation, ROLE_LEVELS, type RoleLevel, withProofPerson } from "../../access/index.ts";
import { search } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

/** What one person of a level got for one way of reading, and what the audit log says about it. */
type Read = { level: number; path: string; operation: string; status: number; recorded: string[] };
type Reading = { reads: Read[]; withoutToken: number[] };

const LEVELS = Object.keys(ROLE_LEVELS).map(Number) as RoleLevel[];
type Way = { path: string; operation: Operation; action: string };

/**
 * The role matrix of reading, over the running API: one person of each level, made for the proof, tries each way. Whoever
 * may read leaves a record of it, and so does whoever is refused. `parameters.ways`: path, operation, action recorded.
 */
export const auditReading: Kind<Reading> = {
  kind: "audit.reading",
  async measure(system, ctx, parameters) {
    const ways = parameters.ways as Way[];
    const reads: Read[] = [];
    for (const level of LEVELS) {
      // The platform makes and removes them, not a person: nobody's permissions change.
      const own: Ctx = { ...ctx, actor: { kind: "task", id: "proof" } };
      await withProofPerson(system.db, own, `proof-reader-${level}`, level, async (person) => {
        for (const way of ways) reads.push(await readAs(system, ctx, person, level, way));
      });
    }
    const withoutToken = await Promise.all(
      ways.map(async ({ path }) => (await system.api({ path, headers: { authorization: "" } })).status),
    );
    return { reads, withoutToken };
  },
  judge({ reads, withoutToken }, _commitment, parameters) {
    const ways = parameters.ways as Way[];
    const due = ways.flatMap((way) => LEVELS.map((level) => ({ ...way, level })));
    const faults = [
      ...due.flatMap((way) => faultsOf(way, reads)),
      ...withoutToken
        .filter((status) => status !== 401)
        .map((status) => `without a token: ${status}, not 401`),
      ...(withoutToken.length === ways.length ? [] : ["reading without a token was not tried"]),
      // Fewer than half of the levels: the table itself has to be narrow.
      ...ways
        .filter(({ operation }) => mayDo(4, operation))
        .map(({ operation }) => `${operation} is for many`),
    ];
    const allowed = reads.filter(({ status }) => status === 200).length;
    return noFaults(
      faults,
      () =>
        pass(
          `${LEVELS.length} role levels × ${ways.length} ways: ${allowed} allowed, ${reads.length - allowed} refused, all ${reads.length} recorded`,
          text(
            "Only managers and administrators read the audit log, and every read is in it.",
            "監査ログを読めるのは管理職と管理者だけで、閲覧はすべて記録されます。",
          ),
        ),
      "reading_not_minimal",
      `${faults.length} faults in ${reads.length} reads`,
      text(
        "Correct the operation of the named route, or record the read.",
        "示されたルートの操作、または閲覧の記録を直してください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const ways = parameters.ways as Way[];
    const reads = ways.flatMap(({ path, operation, action }) =>
      LEVELS.map((level): Read => {
        const may = mayDo(level, operation);
        return {
          level,
          path,
          operation,
          status: may ? 200 : 403,
          recorded: [may ? action : "operation.denied"],
        };
      }),
    );
    const withoutToken = ways.map(() => 401);
    const change = (level: number, more: Partial<Read>) => ({
      withoutToken,
      reads: reads.map((read) =>
        read.level === level && read.path === ways[0]!.path ? { ...read, ...more } : read,
      ),
    });
    return {
      "an operator may read": change(4, { status: 200, recorded: [ways[0]!.action] }),
      "a read is not recorded": change(6, { recorded: [] }),
      "a refusal is not recorded": change(1, { recorded: [] }),
      "nobody may read": change(6, { status: 403, recorded: ["operation.denied"] }),
      "a level was not tried": { withoutToken, reads: reads.filter(({ level }) => level !== 3) },
      "no token is needed": { reads, withoutToken: [200, ...withoutToken.slice(1)] },
    };
  },
};

async function readAs(
  system: ProofSystem,
  ctx: Ctx,
  person: string,
  level: RoleLevel,
  { path, operation }: Way,
): Promise<Read> {
  const correlationId = ctx.newId();
  const headers = { "x-toban-actor": person, "x-request-id": correlationId };
  const { status } = await system.api({ path, headers });
  const events = await system.db.tx(ctx, (tx) => search(tx, { correlationId }));
  const own = events.filter(({ actorId }) => actorId === `person:${person}`);
  return { level, path, operation, status, recorded: [...new Set(own.map(({ action }) => action))].sort() };
}

function faultsOf({ path, operation, action, level }: Way & { level: RoleLevel }, reads: Read[]): string[] {
  const read = reads.find((candidate) => candidate.level === level && candidate.path === path);
  if (!read) return [`level ${level} did not try ${path}`];
  const may = mayDo(level, operation);
  const expected = may ? 200 : 403;
  const record = may ? action : "operation.denied";
  return [
    ...(read.status === expected ? [] : [`${path} at level ${level}: ${read.status}, not ${expected}`]),
    ...(read.recorded.includes(record) ? [] : [`${path} at level ${level}: ${record} is not recorded`]),
  ];
}
