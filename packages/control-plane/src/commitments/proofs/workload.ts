import type { Ctx } from "../../platform/ctx.ts";
import { unavailable } from "../../platform/errors.ts";
import { pass } from "../proof-kind.ts";
import { asUser, type Front, frontOf, frontUrl, type SignedIn } from "./front.ts";
import { send } from "./http.ts";
import { runStatements } from "./store.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

// Drills on a read model that is derived from events: damage to one finished entry, and the repair of it. The
// entry is damaged for about a second, in a list only; the events are never touched.

/** How the list (from the read model) and one entry (from the events) are read; `{id}` is filled. */
type ReadModel = {
  list: { path: string; field: string };
  entry: { path: string; field: string };
  /** Fields that both show. */
  compare: string[];
  /** Only entries with one of these values are damaged. */
  finished: { field: string; values: string[] };
};
type Drill = {
  database: { urlSecret: string; settings: Record<string, string> };
  /** `$1` is the id of the entry. */
  damage: string;
  /** What waits to be repaired, as a number; 0 afterwards. */
  waiting?: string;
  /** What was applied not at all or twice, as a number; 0 always. */
  inexact: string;
  command: { service: string; run: string[] };
};
type Entry = Record<string, unknown> & { id: string };

export const drillOf = (parameters: Record<string, unknown>) => parameters.drill as Drill;

export async function onDatabase(system: ProofSystem, drill: Drill, sql: string, values?: unknown[]) {
  const url = system.secret(drill.database.urlSecret);
  if (!url) {
    throw unavailable("secret_missing", `There is no secret ${drill.database.urlSecret}.`, "Set it.");
  }
  const [result] = await runStatements(url, drill.database.settings, [values ? { sql, values } : { sql }]);
  return result ?? 0;
}

async function readJson(base: string, path: string, session: SignedIn): Promise<Record<string, unknown>> {
  const answer = await send(base, { path, headers: { cookie: session.cookie } });
  if (answer.status !== 200)
    throw unavailable("read_failed", `${path} answered ${answer.status}.`, "Mend it first.");
  return JSON.parse(answer.body);
}

async function readList(base: string, model: ReadModel, session: SignedIn): Promise<Entry[]> {
  return (await readJson(base, model.list.path, session))[model.list.field] as Entry[];
}

/** An entry that nobody works on any more. */
export async function finishedEntry(base: string, model: ReadModel, session: SignedIn): Promise<Entry> {
  const { field, values } = model.finished;
  const found = (await readList(base, model, session))
    .slice(0, 100)
    .findLast((entry) => values.includes(String(entry[field])));
  if (found) return found;
  throw unavailable(
    "nothing_finished",
    "There is no finished entry to try it on yet.",
    "Let some work be done first, then prove again.",
  );
}

/** How many of these entries the list shows otherwise than the fold of their events. */
async function differences(base: string, front: { model: ReadModel; ids: string[] }, session: SignedIn) {
  const { model, ids } = front;
  const list = new Map((await readList(base, model, session)).map((entry) => [entry.id, entry]));
  let different = 0;
  for (const id of ids) {
    const folded = (await readJson(base, model.entry.path.replace("{id}", id), session))[
      model.entry.field
    ] as Entry;
    const shown = list.get(id);
    if (
      !shown ||
      model.compare.some((field) => JSON.stringify(shown[field]) !== JSON.stringify(folded[field]))
    ) {
      different++;
    }
  }
  return different;
}

type Repair = {
  compared: number;
  before: number;
  damaged: number;
  waiting: number;
  exitCode: number;
  output: string;
  after: number;
  stillWaiting: number;
  inexact: number;
  seconds: number;
};
const SETTLED_MS = 10_000;

/**
 * A finished entry of the read model is damaged and a command of the live release repairs it: afterwards the list equals
 * the fold of the events, for the newest finished entries, and every event went in exactly once.
 */
export const workloadRepair: Kind<Repair> = {
  kind: "workload.repair",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const model = parameters.readModel as ReadModel;
    const drill = drillOf(parameters);
    return asUser(base, front, async (session) => {
      const victim = await finishedEntry(base, model, session);
      const { field, values } = model.finished;
      const others = (await readList(base, model, session))
        .slice(0, 100)
        .filter((entry) => values.includes(String(entry[field])))
        .map(({ id }) => id)
        .slice(-30);
      const ids = [...new Set([victim.id, ...others])];
      const look = () => differences(base, { model, ids }, session);
      // The list follows the events: what users do at this very moment is no difference yet.
      const before = await untilZero(ctx, look);
      await onDatabase(system, drill, drill.damage, [victim.id]);
      const damaged = await differences(base, { model, ids: [victim.id] }, session);
      const waiting = drill.waiting ? await onDatabase(system, drill, drill.waiting) : 0;
      const started = performance.now();
      const { exitCode, output } = await system.command(drill.command.service, drill.command.run, 30_000);
      const settled = await untilZero(ctx, look);
      return {
        ...{ compared: ids.length, before, damaged, waiting, exitCode, output: output.slice(-300) },
        after: settled,
        stillWaiting: drill.waiting ? await onDatabase(system, drill, drill.waiting) : 0,
        inexact: await onDatabase(system, drill, drill.inexact),
        seconds: Math.round((performance.now() - started) / 100) / 10,
      };
    });
  },
  judge(seen, _commitment, parameters) {
    const drill = drillOf(parameters);
    const faults = [
      ...(seen.before === 0 ? [] : [`${seen.before} entries differed before`]),
      ...(seen.damaged > 0 ? [] : ["the damage was not to be seen"]),
      ...(drill.waiting === undefined || seen.waiting > 0 ? [] : ["nothing waited to be repaired"]),
      ...(seen.exitCode === 0 ? [] : [`${drill.command.run.join(" ")} ended with ${seen.exitCode}`]),
      ...(seen.after === 0 ? [] : [`${seen.after} of ${seen.compared} entries differ from their events`]),
      ...(seen.stillWaiting === 0 ? [] : [`${seen.stillWaiting} are left over`]),
      ...(seen.inexact === 0 ? [] : [`${seen.inexact} entries lack an event or have one twice`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `damaged, repaired after ${seen.seconds} s: ${seen.compared} entries equal their events${drill.waiting ? `, ${seen.waiting} → 0 waiting` : ""}`,
          text("The repair works on the running system.", "稼働中のシステムで修復できます。"),
        ),
      "not_repaired",
      `${faults.length} faults`,
      text("Run the command by hand and read its output.", "コマンドを手で実行し、出力を確認してください。"),
    );
  },
  mutants(_commitment, parameters) {
    const good: Repair = {
      ...{ compared: 30, before: 0, damaged: 1, waiting: 2, exitCode: 0, output: "" },
      ...{ after: 0, stillWaiting: 0, inexact: 0, seconds: 1 },
    };
    return {
      "nothing is repaired": { ...good, after: 1 },
      "an event goes in twice": { ...good, inexact: 1 },
      "the command fails": { ...good, exitCode: 1 },
      "there was no damage": { ...good, damaged: 0 },
      ...(drillOf(parameters).waiting === undefined
        ? {}
        : { "some are left over": { ...good, stillWaiting: 1 } }),
    };
  },
};

async function untilZero(_ctx: Ctx, ask: () => Promise<number>): Promise<number> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const answer = await ask();
    if (answer === 0 || performance.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

export type { Entry, Front, ReadModel };
