import type { Cutoffs, SessionRecord } from "./session.ts";

/** Where sessions live. Every method may reject; the caller then answers 503. */
export type SessionStore = {
  create(record: SessionRecord): Promise<void>;
  /** The session when it is alive, noting `now` as its last activity in the same step; else null. */
  use(idHash: string, now: Date, at: Cutoffs): Promise<SessionRecord | null>;
  /** False when there was none. */
  remove(idHash: string): Promise<boolean>;
  /** Ends every session of a user; how many there were. */
  removeOfUser(tenant: string, userId: string): Promise<number>;
  /** Deletes what has ended; how many there were. */
  removeEnded(at: Cutoffs): Promise<number>;
};

/** What is needed of `pg.Pool`. */
export type SqlPool = {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
};

/**
 * For the migration of the service that signs people in. The role of that service needs SELECT, INSERT, UPDATE and
 * DELETE on it. There is no row-level security: the hash in the primary key is what selects the tenant.
 */
export const SESSION_TABLE_SQL = `CREATE TABLE IF NOT EXISTS bff_sessions (
  id_hash text PRIMARY KEY CHECK (id_hash ~ '^[0-9a-f]{64}$'),
  tenant_id text NOT NULL,
  user_id text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX IF NOT EXISTS bff_sessions_user ON bff_sessions (tenant_id, user_id);
`;

const COLUMNS = `id_hash AS "idHash", tenant_id AS tenant, user_id AS "userId", data, created_at AS "createdAt", last_seen_at AS "lastSeenAt"`;

/** Sessions in the table of `SESSION_TABLE_SQL`. `table` may name its schema, e.g. `ringiflow.bff_sessions`. */
export function pgSessionStore(pool: SqlPool, table = "bff_sessions"): SessionStore {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(table)) throw new Error(`not a table name: ${table}`);
  return {
    async create(record) {
      await pool.query(
        `INSERT INTO ${table} (id_hash, tenant_id, user_id, data, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          record.idHash,
          record.tenant,
          record.userId,
          JSON.stringify(record.data ?? null),
          record.createdAt,
          record.lastSeenAt,
        ],
      );
    },
    async use(idHash, now, at) {
      const { rows } = await pool.query(
        `UPDATE ${table} SET last_seen_at = greatest(last_seen_at, $2)
         WHERE id_hash = $1 AND last_seen_at > $3 AND created_at > $4
         RETURNING ${COLUMNS}`,
        [idHash, now, at.lastSeenAfter, at.createdAfter],
      );
      return (rows[0] as SessionRecord | undefined) ?? null;
    },
    async remove(idHash) {
      const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE id_hash = $1`, [idHash]);
      return (rowCount ?? 0) > 0;
    },
    async removeOfUser(tenant, userId) {
      const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND user_id = $2`, [
        tenant,
        userId,
      ]);
      return rowCount ?? 0;
    },
    async removeEnded(at) {
      const { rowCount } = await pool.query(
        `DELETE FROM ${table} WHERE last_seen_at <= $1 OR created_at <= $2`,
        [at.lastSeenAfter, at.createdAfter],
      );
      return rowCount ?? 0;
    },
  };
}
