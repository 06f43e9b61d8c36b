import pg, { type ClientBase } from "pg";

/** How statements are run while trying out: each in a savepoint, as whom, and for which tenant. */
export type As = { role: string | undefined; setting: string; tenant: string | undefined };

export type Tried<T> =
  | { ok: true; value: T }
  | { ok: false; code: string; message: string; constraint: string };

const quoted = pg.escapeIdentifier;

/** Runs `work` as somebody; what it did stays only with `keep`. Never throws for what the database refuses. */
export async function tryAs<T>(
  client: ClientBase,
  as: As,
  work: () => Promise<T>,
  keep = false,
): Promise<Tried<T>> {
  await client.query(opening(as));
  try {
    const value = await work();
    await client.query(
      keep ? `${closing(as)}RELEASE SAVEPOINT fuzz` : "ROLLBACK TO SAVEPOINT fuzz; RELEASE SAVEPOINT fuzz",
    );
    return { ok: true, value };
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT fuzz; RELEASE SAVEPOINT fuzz");
    const { code = "", message, constraint = "" } = error as pg.DatabaseError;
    if (/^(08|57P)/.test(code) || code === "") throw error;
    return { ok: false, code, message, constraint };
  }
}

const opening = ({ role, setting, tenant }: As): string =>
  [
    "SAVEPOINT fuzz",
    ...(tenant === undefined
      ? []
      : [`SELECT set_config(${pg.escapeLiteral(setting)}, ${pg.escapeLiteral(tenant)}, true)`]),
    ...(role === undefined ? [] : [`SET LOCAL ROLE ${quoted(role)}`]),
  ].join("; ");

/** A released savepoint keeps the role that was set in it. */
const closing = ({ role }: As): string => (role === undefined ? "" : "RESET ROLE; ");

export const savepoint = (client: ClientBase, name: string) => client.query(`SAVEPOINT ${quoted(name)}`);
export const backTo = (client: ClientBase, name: string) =>
  client.query(`ROLLBACK TO SAVEPOINT ${quoted(name)}`);

/** Opens the transaction that everything happens in; whoever opens it rolls it back. */
export async function beginSafely(client: ClientBase): Promise<void> {
  await client.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = '5s';
     SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL client_min_messages = 'error'`,
  );
}
