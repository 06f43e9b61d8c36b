import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { refusalOf } from "../platform/errors.ts";

/** What was presented, and why it was refused. Never the value itself. */
export type RefusedSignIn = { method: "link" | "token" | "session"; code: string };

export type RefusedSignIns = {
  /** Returns at once: who guesses learns nothing from the time that the record takes. */
  note(ctx: Ctx, refused: RefusedSignIn): void;
  /** Writes what still waits. */
  close(): Promise<void>;
};

type Waiting = { ctx: Ctx; refused: RefusedSignIn; attempts: number };

const PAUSE_MS = 1_000;
const MOST_EVENTS = 8;

/**
 * Audits refused sign-ins. The first one at once; those of the next second, of one method, code and address, as one
 * event that says how many they were: a flood fills neither the database nor the log. When there are more than eight
 * kinds, the others share an event by method and code, which has the address of the first of them.
 */
export function refusedSignIns(db: Database): RefusedSignIns {
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let isPausing = false;
  let writing: Promise<void> = Promise.resolve();

  const add = (found: Waiting) => {
    const kind = [found.ctx.tenant, found.refused.method, found.refused.code];
    const exact = JSON.stringify([...kind, found.ctx.sourceIp]);
    const key = waiting.has(exact) || waiting.size < MOST_EVENTS ? exact : JSON.stringify(kind);
    const known = waiting.get(key);
    if (known) known.attempts += found.attempts;
    else waiting.set(key, found);
  };

  async function flush(): Promise<void> {
    const taken = [...waiting.values()];
    waiting.clear();
    for (const one of taken) {
      try {
        await write(db, one);
      } catch (error) {
        one.ctx.log.warn({ code: refusalOf(error).code }, "a refused sign-in is recorded later");
        add(one);
      }
    }
  }

  function begin(): void {
    isPausing = true;
    writing = flush();
    timer = setTimeout(async () => {
      await writing;
      isPausing = false;
      if (waiting.size > 0) begin();
    }, PAUSE_MS);
    timer.unref();
  }

  return {
    note(ctx, refused) {
      add({ ctx, refused, attempts: 1 });
      if (!isPausing) begin();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await flush();
    },
  };
}

async function write(db: Database, { ctx, refused, attempts }: Waiting): Promise<void> {
  await db.tx(ctx, (tx) =>
    record(tx, ctx, {
      class: "auth",
      action: "session.refuse",
      resource: "console/sign-in",
      result: "denied",
      details: { ...refused, attempts },
    }),
  );
}
