import pg from "pg";

/** Runs SQL inside a transaction that has exactly one tenant. */
export type Tx = {
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
};

export type Database = {
  /** Commits when `work` returns, rolls back when it throws; row-level security sees `tenant`. */
  tx<T>(tenant: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Rejects when the database does not answer, or when the role could get around row-level security. */
  check(): Promise<void>;
  /** Connections in use, idle, and callers that wait for one. */
  pool(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
};

/** The tenant that may list tenants and owns nothing. */
export const SYSTEM_TENANT = "system";

/** The database is away, overloaded or frozen: the caller answers 503 and may try again. */
export class DatabaseUnavailable extends Error {
  override name = "DatabaseUnavailable";
}

/** A configuration error: the owner's or a superuser's URL was given where the restricted role's belongs. */
export class RoleTooStrong extends Error {
  constructor() {
    super("DATABASE_URL names a role that can get around row-level security: give the restricted role's URL");
    this.name = "RoleTooStrong";
  }
}

const ROLE_IS_UNSAFE = `
  SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'ringiflow' AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')) AS unsafe
  FROM pg_roles r WHERE r.rolname = current_user`;

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** Lost connections, and work that the server gave up: too many connections, timeout, deadlock. */
const LOST = new Set([
  "57014",
  "40P01",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08001",
  "08003",
  "08006",
]);

/** Timeouts in milliseconds: 2,000 for a connection and its first answer, 5,000 for a statement. */
export function openDatabase(options: {
  url: string;
  name: string;
  maxConnections?: number;
  connectTimeoutMs?: number;
  statementTimeoutMs?: number;
}): Database {
  const connectTimeoutMs = options.connectTimeoutMs ?? 2_000;
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 1_000,
    idle_in_transaction_session_timeout: 15_000,
    application_name: options.name,
  });
  // A dead idle connection is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});

  const connect = async () => {
    try {
      return await pool.connect();
    } catch (cause) {
      throw new DatabaseUnavailable("no connection to the database", { cause });
    }
  };

  return {
    async tx(tenant, work) {
      if (!tenant) throw new Error("a statement has no tenant");
      const client = await connect();
      let broken: Error | undefined;
      try {
        // A frozen server accepts bytes and never answers.
        await client.query({ text: "BEGIN", query_timeout: connectTimeoutMs } as pg.QueryConfig);
        await client.query("SELECT set_config('ringiflow.tenant', $1, true)", [tenant]);
        const result = await work({
          query: async (sql, parameters) => (await client.query(sql, parameters)).rows,
        });
        await client.query("COMMIT");
        return result;
      } catch (error) {
        const mapped = mapError(error);
        if (mapped instanceof DatabaseUnavailable) broken = mapped;
        else {
          await client.query("ROLLBACK").catch((failed: Error) => {
            broken = failed;
          });
        }
        throw mapped;
      } finally {
        client.release(broken);
      }
    },
    async check() {
      const client = await connect();
      let broken: Error | undefined;
      try {
        const question = { text: ROLE_IS_UNSAFE, query_timeout: connectTimeoutMs } as pg.QueryConfig;
        const { rows } = await client.query<{ unsafe: boolean }>(question);
        if (rows[0]?.unsafe !== false) throw new RoleTooStrong();
      } catch (cause) {
        if (cause instanceof RoleTooStrong) throw cause;
        broken = cause as Error;
        throw new DatabaseUnavailable("the database does not answer", { cause });
      } finally {
        client.release(broken);
      }
    },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: name } = error as { code?: string; constraint?: string };
  return code === "23505" && name === constraint;
}

function mapError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const lost =
    (code !== undefined && (LOST.has(code) || /^E(CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code))) ||
    /Connection terminated|Query read timeout|connection is closed|not queryable/i.test(message ?? "");
  return lost ? new DatabaseUnavailable("the connection to the database was lost", { cause: error }) : error;
}

/** Connections for what is outside of every tenant: the BFF's sessions. */
export function openPool(url: string, name: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 3_000,
    query_timeout: 4_000,
    application_name: name,
  });
  pool.on("error", () => {});
  return pool;
}
