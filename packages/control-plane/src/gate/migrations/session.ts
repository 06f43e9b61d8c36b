/** A setting's value in milliseconds; 0 is "no limit"; `unknown` when it is set to something that is not a constant. */
export type Limit = number | "unknown";

/** A lock that the running transaction holds until its end. */
export type HeldLock = {
  table: string;
  mode: LockMode;
  /** Where it was taken. */
  line: number;
};

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
   * The transaction in which several statements run, if there is one. `by`: BEGIN in the script, or the runner's way
   * (see `Transaction`); `assumed` when nobody said how the runner wraps it; `statement` inside a DO block or a
   * function that runs by itself.
   */
  transaction: { id: number; by: "begin" | "runner" | "assumed" | "statement" } | undefined;
  /** The number of the open transaction, or of the statement that is one of its own; counts up through a set. */
  unit: number;
  /** How the runner sends the script, as far as it is known. */
  wrap: "per-file" | "none" | "assumed";
  lockTimeout: Limit;
  statementTimeout: Limit;
  searchPath: readonly string[];
  /** The locks on a relation that the open transaction holds; without one always empty. */
  locksOn(table: string): readonly HeldLock[];
  /** Those of them all that keep writers out of tables that were there before the migration. */
  blocking: readonly HeldLock[];
  /** Tables in use of which the open transaction has changed many rows. */
  backfilled: ReadonlySet<string>;
};
