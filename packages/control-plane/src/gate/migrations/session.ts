/** A setting's value in milliseconds; 0 is "no limit"; `unknown` when it is set to something that is not a constant. */
export type Limit = number | "unknown";

/** A lock that the running transaction holds until its end. */
export type HeldLock = { table: string; mode: LockMode; statement: number; isNew: boolean };

/** From the weakest to the strongest, as in PostgreSQL's manual. */
export const LOCK_MODES = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** The session that runs a script, as it is just before a statement. */
export type Session = {
  /**
   * The open transaction, if there is one. `by`: BEGIN in the script, or the runner's way (see `Transaction`);
   * `assumed` when nobody said how the runner wraps it.
   */
  transaction: { id: number; by: "begin" | "runner" | "assumed" } | undefined;
  lockTimeout: Limit;
  statementTimeout: Limit;
  searchPath: readonly string[];
  /** Locks on relations held by the open transaction; without one always empty. */
  locks: readonly HeldLock[];
};
