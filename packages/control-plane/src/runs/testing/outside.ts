import pg from "pg";
import { conflict } from "../../platform/errors.ts";
import type { Action } from "../index.ts";
import { done } from "./harness.ts";

/** The world outside of the database of the runs: what really happened, whoever asked for it. */
export type Outside = {
  /** Applied by key, once; every call is counted. Refuses a smaller fence than it has seen for the run. */
  apply(effect: { runId: string; effectKey: string; fence: number; by: string }): Promise<void>;
  /** Not idempotent: every call counts. */
  charge(effectKey: string): Promise<void>;
  effects(runId: string): Promise<{ key: string; calls: number; by: string }[]>;
  charges(runId: string): Promise<string[]>;
  close(): Promise<void>;
};

export async function createOutside(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`
    CREATE SCHEMA outside;
    CREATE TABLE outside.effects (key text PRIMARY KEY, run_id text NOT NULL, fence bigint NOT NULL, by text NOT NULL,
                                  calls integer NOT NULL DEFAULT 1);
    CREATE TABLE outside.charges (key text NOT NULL);
    GRANT USAGE ON SCHEMA outside TO toban_app;
    GRANT ALL ON ALL TABLES IN SCHEMA outside TO toban_app`);
  await client.end();
}

export function openOutside(url: string): Outside {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  return {
    async apply({ runId, effectKey, fence, by }) {
      const { rowCount } = await pool.query(
        `INSERT INTO outside.effects (key, run_id, fence, by)
         SELECT $1, $2, $3::bigint, $4
         WHERE NOT EXISTS (SELECT FROM outside.effects WHERE run_id = $2 AND fence > $3::bigint)
         ON CONFLICT (key) DO UPDATE SET calls = outside.effects.calls + 1`,
        [effectKey, runId, fence, by],
      );
      if (rowCount === 0) throw conflict("stale_fence", "A later holder was here.", "Do nothing.");
    },
    async charge(effectKey) {
      await pool.query("INSERT INTO outside.charges (key) VALUES ($1)", [effectKey]);
    },
    async effects(runId) {
      const sql = "SELECT key, calls, by FROM outside.effects WHERE run_id = $1 ORDER BY key";
      return (await pool.query(sql, [runId])).rows;
    },
    async charges(runId) {
      const sql = "SELECT key FROM outside.charges WHERE starts_with(key, $1)";
      return (await pool.query(sql, [runId])).rows.map((row) => row.key);
    },
    close: () => pool.end(),
  };
}

/** Actions whose effects are outside. `point` is told before and after each one. */
export function outsideActions(outside: Outside, by: string, point: (name: string) => Promise<void>) {
  const effect: Action = async (step) => {
    await point("before effect");
    await outside.apply({ ...step, by });
    await point("after effect");
    return done();
  };
  return {
    effect,
    /** Asks once to be called again. */
    poll: async (step) => {
      await effect(step);
      return step.memo === null ? { kind: "again", afterMs: 20, memo: "polled" } : done();
    },
    refuse: async () => {
      await point("before effect");
      return { kind: "failed", refusal: { code: "refused", reason: "refused", remedy: "none" } };
    },
    charge: async (step) => {
      await point("before effect");
      await outside.charge(step.effectKey);
      await point("after effect");
      return done();
    },
  } satisfies Record<string, Action>;
}
