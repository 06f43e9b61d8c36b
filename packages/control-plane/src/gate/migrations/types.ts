import type { Node, RangeVar } from "libpg-query";
import type { Check, Severity } from "../check.ts";
import type { Finding, Place, SourceFile } from "../finding.ts";
import type { Contraction } from "./ledger.ts";
import type { Lock } from "./locks.ts";
import type { Part } from "./part.ts";
import type { Session } from "./session.ts";
import type { MigrationSettings } from "./settings.ts";
import type { State } from "./state.ts";

/**
 * How a runner sends a script. `per-file`: in one transaction. `none`: every statement by itself. `implicit`: as one
 * message, in which several statements form a transaction without BEGIN. `detected`: in one transaction unless it holds
 * a statement that refuses one (Flyway). `unknown`: nobody said; then what rests on it only warns, but for
 * statements that must not share a transaction.
 */
export type Transaction = "per-file" | "none" | "implicit" | "detected" | "unknown";

/** A part of a file that runs as one script: `file.text.slice(offset, offset + text.length) === text`. */
export type Script = {
  file: SourceFile;
  text: string;
  /** Where `text` starts in the file, in UTF-16 code units. */
  offset: number;
  transaction: Transaction;
};

/** One step of a history. `path` is the file that the verdict is for: that of `up`. */
export type Migration = {
  path: string;
  up: Script;
  /** Absent when the tool has no way back for it; a section that is there but empty has an empty text. */
  down?: Script;
  /** It is run again whenever its text changes (Flyway's `R__`). */
  repeatable?: boolean;
};

/** An ordered history. What was strange while reading it is in `findings` already. */
export type MigrationSet = {
  /** The folder, or the one file. */
  path: string;
  tool: string;
  /** Whether this tool and layout has downs at all; without them a missing down is no oversight. */
  hasDowns: boolean;
  migrations: Migration[];
  findings: Finding[];
};

type KindOf<N> = N extends unknown ? keyof N & string : never;
type Kind = KindOf<Node>;
/** PostgreSQL's own names of its statements, such as `IndexStmt`. */
export type StatementKind = Extract<Kind, `${string}Stmt`>;
type NodeOfKind<K extends Kind> = Extract<Node, Record<K, unknown>> extends infer N ? N[K & keyof N] : never;

type Common = {
  /** Where it starts, without the blanks and comments before it. */
  place: Place;
  /** Its text, or of what runs out of a string: that string when it is known. */
  text: string;
  /** A place for a `location` of its node. Of statements out of folded strings: that of the EXECUTE. */
  at(location: number | undefined): Place;
  /** What runs it: itself in the script, a DO block, a call of a function, or an EXECUTE inside of these. */
  within: "script" | "do" | "function";
  /** It may not run: inside IF, CASE, a loop or an exception handler. */
  conditional: boolean;
  /** It was folded out of EXECUTE. */
  dynamic: boolean;
  /** It may run many times: inside a loop of PL/pgSQL. */
  loop: boolean;
  /** It stands in an exception handler: what the block had done, its locks too, is undone by then. */
  handler: boolean;
};

/** One statement that a script runs, DO blocks and called functions unfolded into those that they run. */
export type Statement = { [K in StatementKind]: Common & { kind: K; node: NodeOfKind<K> } }[StatementKind];
export type StatementOf<K extends StatementKind> = Extract<Statement, { kind: K }>;

/** What only somebody who runs the service knows; without it the rules that need it stay silent or strict. */
export type MigrationFacts = {
  /** When the migration is going to run. */
  plannedAt?: Date;
  /** Of the release ledger (`contractionFrom`): how far taking away `schema.table` or `schema.table.column` has come. */
  contraction?: (object: string) => Contraction;
};

export type EmitOptions = {
  /** A `location` of the statement's node; the statement's start without it. */
  at?: number | undefined;
  params?: Record<string, string | number>;
  severity?: Severity;
  commitments?: readonly string[];
};
export type Emit = (check: Check, options?: EmitOptions) => void;

/** What a rule sees of one statement. `before` is the state just before it, and only valid during the call. */
export type RuleContext = {
  statement: Statement;
  before: State;
  session: Session;
  /** The locks on relations that the statement takes. */
  locks: readonly Lock[];
  migration: Migration;
  /** Which way the script goes; only `up` is what a release runs by itself. */
  direction: "up" | "down";
  /** All statements of the script, and which of them this one is. Of called functions what was known when it began. */
  script: readonly Statement[];
  at: number;
  /** Those before this one. */
  earlier: Part;
  /** Those behind it. */
  later: Part;
  settings: MigrationSettings;
  facts: MigrationFacts;
  /** True the first time that this key is asked for in a script; for what is worth saying once. */
  first(key: string): boolean;
  /** The full name (`schema.name`) of a relation as the session resolves it. */
  nameOf(relation: RangeVar | undefined): string;
  emit: Emit;
};

/** Looks at one statement. Called for every statement of an up script. */
export type Rule = (context: RuleContext) => void;

/** What a rule sees of one whole migration, after its up was replayed. */
export type MigrationContext = {
  migration: Migration;
  set: MigrationSet;
  /** Every statement of the up, in the order they run. */
  up: readonly Statement[];
  /** Of the down; undefined without one or when it cannot be parsed. */
  down: readonly Statement[] | undefined;
  /** The state after up; to compare it with that before up, and with that after down: `changes`. */
  after: State;
  /** What up changed, and what of it is left once down has run after it (undefined without a parseable down). */
  changes: { up: readonly Change[]; upAndDown: readonly Change[] | undefined };
  settings: MigrationSettings;
  facts: MigrationFacts;
  emit(check: Check, place: Place, options?: Omit<EmitOptions, "at">): void;
};
export type MigrationRule = (context: MigrationContext) => void;

/** An object of the catalogue that is no longer what it was. Absent `before`: created; absent `after`: dropped. */
export type Change = {
  [K in keyof Objects]: { kind: K; name: string; before?: Objects[K]; after?: Objects[K] };
}[keyof Objects];

/** The kinds of objects that the replay knows, by full name. */
export type Objects = {
  table: Table;
  index: Index;
  type: UserType;
  view: View;
  function: UserFunction;
  schema: { name: string };
  sequence: { name: string; ownedBy?: string };
  extension: { name: string };
  /** That an index of that name was dropped once. */
  droppedIndex: { name: string };
};

/** When an object was made: by which migration of the set (from 0), and in which transaction (of the session's count). */
export type Made = { migration: number; transaction: number };

export type Column = {
  name: string;
  /** As `typeText` writes it: `varchar(10)`, `int8`, `text[]`, `public.mood`; undefined when it is not known. */
  type: string | undefined;
  notNull: boolean;
  /** The expression's node; undefined without a default or when it is not known. */
  default?: Node;
  generated?: "stored" | "virtual";
  identity?: boolean;
  serial?: boolean;
  made?: Made;
};

export type Constraint = {
  name: string;
  kind: "primary" | "unique" | "foreign" | "check" | "not-null" | "exclude";
  validated: boolean;
  /** The columns it is on, as far as it names them. */
  columns: readonly string[];
  /** The table a foreign key refers to, and which of its columns. */
  references?: { table: string; columns: readonly string[] };
  /** A check's expression. */
  expression?: Node;
  /** The index behind a primary key, unique or exclusion constraint. */
  index?: string;
  made?: Made;
};

export type Table = {
  name: string;
  kind: "table" | "partitioned" | "foreign" | "materialized-view";
  persistence: "permanent" | "unlogged" | "temporary";
  columns: ReadonlyMap<string, Column>;
  constraints: ReadonlyMap<string, Constraint>;
  /** False when its CREATE is not in the history: what is not in it is unknown then, not absent. */
  complete: boolean;
  /** The partitioned table that it is a partition of. */
  parent?: string;
  isDefaultPartition?: true;
  /** A materialized view's query. */
  query?: Node;
  rowSecurity: { enabled: boolean; forced: boolean };
  policies: ReadonlyMap<string, { name: string; command: string; using?: Node; check?: Node }>;
  triggers: ReadonlySet<string>;
  made?: Made;
  /** Rows may be in it: it was not made in this migration, or INSERT … SELECT, COPY or AS filled it. */
  filled: boolean;
};

export type Index = {
  name: string;
  table: string;
  columns: readonly string[];
  unique: boolean;
  partial: boolean;
  /** False for one left by a failed build or made with ON ONLY on a partitioned table. */
  valid: boolean;
  made?: Made;
};

export type UserType = {
  name: string;
  kind: "enum" | "domain" | "composite" | "range";
  values: readonly string[];
  /** Values added by ALTER TYPE … ADD VALUE, and when. */
  added: ReadonlyMap<string, Made>;
  /** The transaction that added the last of them. */
  lastAdded?: number;
  /** What a domain is of. */
  base?: string;
  /** A domain that tests its values. */
  constrained?: boolean;
  made?: Made;
};

export type View = {
  name: string;
  /** Full names of the relations it reads. */
  reads: readonly string[];
  columns: readonly string[] | undefined;
  query?: Node;
  made?: Made;
};

/** What OR REPLACE compares. */
export type Signature = {
  procedure: boolean;
  inputs: readonly { name: string; type: string; hasDefault: boolean }[];
  /** The type that it returns, or the names and types of its OUT and TABLE columns. */
  result: string;
};

export type UserFunction = {
  /** `schema.name`; overloads share one entry, that of the last definition. */
  name: string;
  language: string;
  volatility: "immutable" | "stable" | "volatile";
  /** The parameters' names, of those that go in. */
  parameters: readonly string[];
  signature: Signature;
  returns: string | undefined;
  /** The text between the quotes and where it stands. */
  body?: { text: string; script: Script; offset: number };
  /** The whole statement that made it. */
  definition: string;
  made?: Made;
};
