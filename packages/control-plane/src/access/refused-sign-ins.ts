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

type Waiting = { ctx: Ctx; refused: RefusedSignIn; attempts: number; sources: Set<string | undefined> };

const PAUSE_MS = 1_000;

/**
 * Audits refused sign-ins. The first one at once; those of the next second, of one method and code, as one event that
 * says how many they were: a flood fills neither the database nor the log.
 */
export function refusedSignIns(db: Database): RefusedSignIns {
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let isPausing = false;
  let writing: Promise<void> = Promise.resolve();

  const add = (found: Waiting) => {
    const key = JSON.stringify([found.ctx.tenant, found.refused.method, found.refused.code]);
    const known = waiting.get(key);
    if (!known) {
      waiting.set(key, found);
      return;
    }
    known.attempts += found.attempts;
    // Two are enough to know that it was not one.
    for (const source of found.sources) if (known.sources.size < 2) known.sources.add(source);
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
      add({ ctx, refused, attempts: 1, sources: new Set([ctx.sourceIp]) });
      if (!isPausing) begin();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await flush();
    },
  };
}

async function write(db: Database, { ctx, refused, attempts, sources }: Waiting): Promise<void> {
  const { sourceIp, ...elsewhere } = ctx;
  const from: Ctx = sources.size > 1 || sourceIp === undefined ? elsewhere : ctx;
  await db.tx(from, (tx) =>
    record(tx, from, {
      class: "auth",
      action: "session.refuse",
      resource: "console/sign-in",
      result: "denied",
      details: { ...refused, attempts },
    }),
  );
}
