import pg from "pg";
import type { Ctx } from "./ctx.ts";
import { bug, TobanError, unavailable } from "./errors.ts";

/** The one way to run SQL: inside a transaction that has a tenant. */
export type Tx = {
  /** `name`: the server parses and plans it once for each connection; for a statement that nearly every change runs. */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    parameters?: unknown[],
    name?: string,
  ): Promise<Row[]>;
};

export type Database = {
  /** Commits when `work` returns, rolls back when it throws. Row-level security sees `ctx.tenant`. */
  tx<T>(ctx: Pick<Ctx, "tenant">, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Resolves when the database answers, else rejects with `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  url: string;
  /** Default 10. */
  maxConnections?: number;
  /** Longest wait for a connection and for the first answer on it. Default 300 ms. */
  connectTimeoutMs?: number;
  /** Longest single statement. Default 5,000 ms. */
  statementTimeoutMs?: number;
};

const CONNECTION_LOST = new Set(["57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", "08001"]);

// timestamptz stays a Date; bigint counters fit in a number here and are read as such.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export function openDatabase(options: DatabaseOptions): Database {
  const connectTimeoutMs = options.connectTimeoutMs ?? 300;
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    // Opening a connection is the slow part; those that are open stay open.
    idleTimeoutMillis: 600_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    query_timeout: statementTimeoutMs + 1_000,
    application_name: "toban",
  });
  // A dead idle connection is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  // So would one that dies while it is in use; the statement under way reports it.
  pool.on("connect", (client) => client.on("error", () => {}));

  /** A connection on which the server has just answered. */
  const connect = async (first: string, isRetry = false): Promise<pg.PoolClient> => {
    const started = performance.now();
    let client: pg.PoolClient | undefined;
    try {
      client = await pool.connect();
      // A frozen server (stopped process, dead network) accepts bytes and never answers.
      await client.query({ text: first, query_timeout: connectTimeoutMs } as pg.QueryConfig);
      return client;
    } catch (error) {
      client?.release(error as Error);
      // A timer that fired late says that this process was busy, not that the server is dead.
      const wasBusy = performance.now() - started > 2 * connectTimeoutMs + 100;
      if (wasBusy && !isRetry) return connect(first, true);
      throw asUnavailable(error);
    }
  };

  return {
    async tx(ctx, work) {
      if (!ctx.tenant) throw bug("tenant_missing", "A statement has no tenant.", "Pass a ctx with a tenant.");
      const tenant = pg.escapeLiteral(ctx.tenant);
      // One round trip: every transaction pays for it.
      const client = await connect(`BEGIN; SELECT set_config('toban.tenant', ${tenant}, true)`);
      let broken: Error | undefined;
      try {
        const result = await work({
          query: async (text, values, name) =>
            (await client.query(name === undefined ? { text, values } : { name, text, values })).rows,
        });
        await client.query("COMMIT");
        return result;
      } catch (error) {
        const mapped = mapDatabaseError(error);
        if (mapped instanceof TobanError && mapped.kind === "unavailable") broken = mapped;
        else {
          await client.query("ROLLBACK").catch((rollbackError: Error) => {
            broken = rollbackError;
          });
        }
        throw mapped;
      } finally {
        client.release(broken);
      }
    },
    async ping() {
      (await connect("SELECT 1")).release();
    },
    close: () => pool.end(),
  };
}

function asUnavailable(cause: unknown): TobanError {
  return unavailable(
    "database_unavailable",
    "The database does not answer.",
    "Check that PostgreSQL runs and that DATABASE_URL points to it; Toban retries by itself.",
    cause,
  );
}

/** Connection faults become `unavailable`; anything else is passed on as it is. */
function mapDatabaseError(error: unknown): unknown {
  if (error instanceof TobanError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const lost =
    (code !== undefined && (CONNECTION_LOST.has(code) || /^E(CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code))) ||
    /Connection terminated|Query read timeout|connection is closed|not queryable/i.test(message ?? "");
  return lost ? asUnavailable(error) : error;
}
