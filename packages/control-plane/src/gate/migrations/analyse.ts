import type { RangeVar } from "libpg-query";
import { type Finding, placesIn, raise } from "../finding.ts";
import { READING_SQL_CHECKS as CHECKS } from "./checks/statements.ts";
import { type Lock, locksOf } from "./locks.ts";
import { loadParser, type Parser, parserOf } from "./parse.ts";
import { type Ahead, answering, readAhead } from "./parse-ahead.ts";
import { partsAround } from "./part.ts";
import { type Replay, replayStatement } from "./replay.ts";
import { MIGRATION_RULES, RULES } from "./rules/index.ts";
import { changesManyRows } from "./rules/transaction-work.ts";
import type { MigrationSettings } from "./settings.ts";
import { openSession, wrapOf } from "./simulate.ts";
import { emptyState, type State } from "./state.ts";
import { type Problem, unfold } from "./statements.ts";
import type {
  Emit,
  Migration,
  MigrationContext,
  MigrationFacts,
  MigrationSet,
  RuleContext,
  Script,
  Statement,
  UserFunction,
} from "./types.ts";

/** What `analyseMigrations` needs beside the set. */
export type AnalyseOptions = {
  settings: MigrationSettings;
  facts?: MigrationFacts;
  /** Which files are reported; those before are replayed only. Default: all. */
  reported?: (path: string) => boolean;
};

type Run = {
  /** What another thread has read of the scripts; undefined when they are few. */
  ahead: Ahead | undefined;
  set: MigrationSet;
  state: State;
  settings: MigrationSettings;
  facts: MigrationFacts;
  findings: Finding[];
  seen: Set<string>;
  unit: number;
};

/** Replays a set and runs every rule over the reported ones of its migrations. Findings in the order of the history. */
export async function analyseMigrations(set: MigrationSet, options: AnalyseOptions): Promise<Finding[]> {
  const run: Run = {
    ahead: readAhead(set.migrations.flatMap(({ up, down }) => (down === undefined ? [up] : [up, down]))),
    set,
    state: emptyState(),
    settings: options.settings,
    facts: options.facts ?? {},
    findings: [],
    seen: new Set(),
    unit: 0,
  };
  for (const [number, migration] of set.migrations.entries()) {
    run.state.migration = number;
    const reported = options.reported?.(migration.path) ?? true;
    try {
      await analyse(run, migration, reported);
    } catch (error) {
      // Expressions nested by the thousand exhaust the stack of whoever walks them.
      if (!(error instanceof RangeError)) throw error;
      const place = { path: migration.path, line: 1, column: 1 };
      if (reported) add(run, raise(CHECKS.unparseable, place, { message: "nested too deeply" }));
    }
  }
  return run.findings;
}

async function analyse(run: Run, migration: Migration, reported: boolean) {
  const mark = run.state.mark();
  const up = await read(run, migration.up, reported);
  if (up === undefined) return;
  play(run, migration, migration.up, up, reported);
  if (!reported) return;
  const changes: MigrationContext["changes"] = { up: run.state.changes(mark), upAndDown: undefined };
  let down: Statement[] | undefined;
  if (migration.down !== undefined) {
    // What up leaves is kept beside, then the way back is tried and undone again.
    const afterUp = run.state.mark();
    down = await read(run, migration.down, true);
    if (down !== undefined) {
      play(run, migration, migration.down, down, false);
      changes.upAndDown = run.state.changes(mark);
    }
    run.state.rollback(afterUp);
  }
  const { set, state: after, settings, facts } = run;
  for (const rule of MIGRATION_RULES) {
    rule({
      migration,
      set,
      up,
      down,
      after,
      changes,
      settings,
      facts,
      emit: (check, place, { params, severity, commitments } = {}) =>
        add(run, raise(check, place, params, optional(severity, commitments))),
    });
  }
}

/** What a script runs; undefined when it cannot be read, which is reported. */
async function read(run: Run, script: Script, reported: boolean): Promise<Statement[] | undefined> {
  const answered = await run.ahead?.(script);
  const { ask, missed } = answering(answered ?? []);
  let parsed = answered && parseAndUnfold(run, parserOf(ask), script);
  if (parsed === undefined || missed()) parsed = parseAndUnfold(run, await loadParser(), script);
  if (!parsed.ok) {
    const place = placesIn(script.file)(script.offset + parsed.at);
    const check = parsed.psql === undefined ? CHECKS.unparseable : CHECKS.psqlCommand;
    if (reported) add(run, raise(check, place, { message: parsed.message }));
    return undefined;
  }
  if (reported) for (const problem of parsed.problems) add(run, undecided(problem));
  return parsed.statements;
}

function parseAndUnfold(run: Run, parser: Parser, script: Script) {
  const parsed = parser.parse(script.text);
  if (!parsed.ok) return parsed;
  return { ok: true as const, ...unfold(parser, script, parsed, (name) => knownFunction(run, name)) };
}

const undecided = ({ kind, place, what }: Problem): Finding =>
  raise(kind === "dynamic" ? CHECKS.dynamicSqlUndecidable : CHECKS.procedureUnreadable, place, { what });

function knownFunction(run: Run, name: string): UserFunction | undefined {
  if (name.includes(".")) return run.state.get("function", name);
  for (const schema of run.settings.searchPath) {
    const found = run.state.get("function", `${schema}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Tools that open no transaction unless they are told to; of any other "none" is what the file itself says. */
const AUTOCOMMIT = new Set(["sqitch", "play"]);

/** Runs a script's statements one after the other: rules first, then what the statement does. */
function play(run: Run, migration: Migration, script: Script, statements: Statement[], judged: boolean) {
  const { state, settings, facts } = run;
  const saysNone = script.transaction === "none" && !AUTOCOMMIT.has(run.set.tool);
  const transaction = saysNone ? "none" : (settings.transaction ?? script.transaction);
  const simulation = openSession(settings, wrapOf(transaction, statements), state, run.unit);
  const { session } = simulation;
  const said = new Set<string>();
  const first = (key: string) => !said.has(key) && said.add(key).size > 0;
  const replay: Replay = {
    state,
    made: { migration: state.migration, transaction: session.unit },
    searchPath: session.searchPath,
    script,
    nameOf: (relation) => state.resolve(relation, session.searchPath),
    newName: (relation) => {
      if (relation?.schemaname !== undefined || relation?.relpersistence === "t") {
        return state.resolve(relation, session.searchPath);
      }
      return `${session.searchPath[0] ?? "public"}.${relation?.relname ?? ""}`;
    },
  };
  let at = 0;
  // One object for the whole script: making one for each of ten thousand statements would cost more than the rules.
  const context = {
    statement: statements[0]!,
    before: state,
    session,
    locks: [] as readonly Lock[],
    migration,
    direction: "up" as const,
    script: statements,
    at,
    ...partsAround(statements, () => at),
    settings,
    facts,
    first,
    nameOf: once(replay.nameOf, () => at),
    emit: emitter(run, () => statements[at]!),
  };
  for (at = 0; at < statements.length; at += 1) {
    const statement = statements[at]!;
    simulation.before(statement);
    const locks = locksOf(statement, context);
    context.statement = statement;
    context.at = at;
    context.locks = locks;
    if (judged) for (const rule of RULES) rule(context);
    const changed = session.transaction === undefined ? undefined : changesManyRows(context);
    replay.made = { migration: state.migration, transaction: session.unit };
    replay.searchPath = session.searchPath;
    replayStatement(replay, statement);
    simulation.after(statement, locks, changed);
  }
  run.unit = session.unit + 1;
}

/** Remembers the last answer while one statement is looked at: nearly every rule asks for the same relation. */
function once(nameOf: RuleContext["nameOf"], current: () => number): RuleContext["nameOf"] {
  let last: { relation: RangeVar | undefined; at: number; name: string } | undefined;
  return (relation) => {
    const at = current();
    if (last === undefined || last.relation !== relation || last.at !== at) {
      last = { relation, at, name: nameOf(relation) };
    }
    return last.name;
  };
}

const emitter =
  (run: Run, current: () => Statement): Emit =>
  (check, { at, params, severity, commitments } = {}) => {
    const statement = current();
    add(
      run,
      raise(
        check,
        at === undefined ? statement.place : statement.at(at),
        params,
        optional(severity, commitments),
      ),
    );
  };

const optional = (severity: Finding["severity"] | undefined, commitments: readonly string[] | undefined) => ({
  ...(severity === undefined ? {} : { severity }),
  ...(commitments === undefined ? {} : { commitments }),
});

/** The turns of a loop and the calls of a function say a thing once. */
function add(run: Run, finding: Finding) {
  const key = `${finding.code} ${finding.path} ${finding.line} ${finding.column} ${finding.reason.en}`;
  if (run.seen.has(key)) return;
  run.seen.add(key);
  run.findings.push(finding);
}
