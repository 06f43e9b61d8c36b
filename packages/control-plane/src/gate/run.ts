import { readFileSync } from "node:fs";
import path from "node:path";
import { invalid } from "../platform/errors.ts";
import type { Tree } from "./family.ts";
import type { Outcome, SourceFile } from "./finding.ts";
import { type Gate, nothingIn, writeWhole } from "./gate.ts";
import { matchesGlob } from "./glob.ts";
import type { MigrationSet } from "./migrations/index.ts";
import type { Approval } from "./supply/index.ts";
import { dateOf } from "./tree.ts";

export type MigrationOptions = {
  transaction?: "per-file" | "none" | undefined;
  /** When they are going to run; RFC 3339. */
  plannedAt?: string | undefined;
  /** A file that says how far the releases are. */
  ledger?: string | undefined;
  shadow?: boolean | undefined;
  queries?: string | undefined;
};

/** Every path is a set of its own: a folder is a history, a file stands alone. */
export async function checkMigrationPaths(
  gate: Gate,
  paths: string[],
  options: MigrationOptions,
  tree: Tree = keptOf(gate, gate.files.treeOf(paths)),
): Promise<Outcome[]> {
  const m = await import("./migrations/index.ts");
  const settings = {
    ...gate.settings.migrations,
    ...(options.transaction ? { transaction: options.transaction } : {}),
  };
  const plannedAt = options.plannedAt === undefined ? undefined : moment(options.plannedAt);
  const contraction =
    options.ledger === undefined
      ? undefined
      : m.contractionFrom(parsed(gate, options.ledger, m.contractionLedger), gate.now);
  const facts = { ...(plannedAt ? { plannedAt } : {}), ...(contraction ? { contraction } : {}) };
  const named = gate.kept([...new Set(paths)]);
  if (named.length === 0) return paths.map(nothingIn);
  const { sets, findings } = m.readMigrationSets(tree, named);
  const outcomes: Outcome[] = [{ files: [], findings }];
  for (const set of sets) {
    const found = await m.analyseMigrations(set, { settings, facts });
    outcomes.push({
      files: set.migrations.map((migration) => migration.path),
      findings: [...set.findings, ...found],
    });
    if (set.migrations.length === 0 && set.findings.length === 0) outcomes.push(nothingIn(set.path));
  }
  if (options.shadow) outcomes.push(...(await runOnShadow(gate, sets, options.queries)));
  return outcomes;
}

/** `TOBAN_SHADOW_URL` names another server than the embedded one; databases are made there for this and dropped. */
async function runOnShadow(
  gate: Gate,
  sets: MigrationSet[],
  queriesPath: string | undefined,
): Promise<Outcome[]> {
  const { shadowMigrations } = await import("./migrations/shadow/shadow.ts");
  const { searchPath, smallTables } = gate.settings.migrations;
  const { files, unread } = gate.files.readAll(queriesPath === undefined ? [] : [queriesPath]);
  const [queries] = files;
  const url = process.env.TOBAN_SHADOW_URL;
  const given = { searchPath, smallTables, ...(queries ? { queries } : {}), ...(url ? { url } : {}) };
  return [unread, await shadowMigrations(sets, given)];
}

const keptOf = (gate: Gate, tree: Tree): Tree => ({ ...tree, paths: gate.kept(tree.paths) });

/** Sources, deployment files, texts: every path is a set of its own. */
export async function checkSourcePaths(gate: Gate, paths: string[]): Promise<Outcome[]> {
  const { judgeSources, recognizeSources } = await import("./sources/index.ts");
  const { sources } = gate.settings;
  const isKept = (shown: string) => isWanted(sources, gate.files.nameOf(shown));
  const narrowed = { ...gate, kept: (names: string[]) => gate.kept(names).filter(isKept) };
  return eachSet(narrowed, paths, recognizeSources, (files) => judgeSources(files, sources));
}

export async function checkDeploymentPaths(gate: Gate, paths: string[]): Promise<Outcome[]> {
  const { checkDeployment, recognizeDeployment } = await import("./deployment/index.ts");
  return eachSet(gate, paths, recognizeDeployment, (files) =>
    checkDeployment(files, gate.settings.deployment),
  );
}

export async function checkSecretPaths(gate: Gate, paths: string[]): Promise<Outcome[]> {
  const { checkSecrets, mayHoldSecrets } = await import("./supply/index.ts");
  const recognize = (tree: Tree) => tree.paths.filter(mayHoldSecrets);
  return eachSet(gate, paths, recognize, async (files) => checkSecrets(files));
}

async function eachSet(
  gate: Gate,
  paths: string[],
  recognize: (tree: Tree) => string[],
  check: (files: SourceFile[]) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const ignored: string[] = [];
  for (const shown of new Set(paths)) {
    const isFolder = gate.files.isFolder(shown);
    const names = gate.kept(isFolder ? recognizedBelow(gate, shown, recognize) : [shown]);
    const { files, unread } = gate.files.readAll(names);
    outcomes.push(unread);
    if (files.length > 0) outcomes.push(await check(files));
    else if (!isFolder && names.length === 0) ignored.push(shown);
    else if (unread.files.length === 0) outcomes.push(nothingIn(shown));
  }
  // A commit hook names what has changed, also what the settings ignore; that alone proves nothing.
  const looked = outcomes.some(({ files }) => files.length > 0);
  return looked ? outcomes : [...outcomes, ...ignored.map(nothingIn)];
}

/** What is recognized as seen from the folder: what it is itself called must not decide whether its files count. */
function recognizedBelow(gate: Gate, folder: string, recognize: (tree: Tree) => string[]): string[] {
  const start = path.posix.join(folder, "/");
  const prefix = start === "./" ? "" : start;
  const whole = gate.files.treeOf([folder]);
  const tree = {
    paths: whole.paths.map((name) => name.slice(prefix.length)),
    read: (name: string) => whole.read(prefix + name),
  };
  return recognize(tree).map((name) => prefix + name);
}

export async function checkContractPair(gate: Gate, base: string, revision: string): Promise<Outcome[]> {
  const { checkContract } = await import("./contract/index.ts");
  const read = (shown: string) => {
    const result = gate.files.read(shown);
    return "file" in result ? result.file : null;
  };
  const outcome = await checkContract({
    base: read(base),
    revision: read(revision),
    basePath: base,
    revisionPath: revision,
    settings: gate.settings.contract,
    now: gate.now,
    loadBase: read,
    loadRevision: read,
  });
  return [outcome];
}

/** The last version is the new one; all before it are live. */
export async function checkEventVersions(gate: Gate, versions: string[]): Promise<Outcome[]> {
  const { checkEvents, supportOf } = await import("./events/index.ts");
  const unreadAll: Outcome[] = [];
  const sets = versions.map((shown) => {
    const folder = gate.files.isFolder(shown);
    const names = gate.files.below(shown).filter((name) => !folder || /\.(json|ya?ml)$/i.test(name));
    const { files, unread } = gate.files.readAll(names);
    unreadAll.push(unread);
    const support = supportOf(files, (name) => {
      const result = gate.files.read(name);
      return "file" in result ? result.file : null;
    });
    return { name: shown, files, folder, support };
  });
  const outcome = checkEvents(sets.slice(0, -1), sets.at(-1)!, gate.settings.events, gate.now);
  return [...unreadAll, outcome];
}

/** By the ledger; `approval` first writes down that two people accept a rating that the reports have lowered. */
export async function checkVulnerabilityReports(
  gate: Gate,
  reports: string[],
  options: { updateLedger?: boolean | undefined; approval?: Approval | undefined },
): Promise<Outcome[]> {
  const { approveDowngrade, checkVulnerabilities, readLedger, writeLedger } = await import(
    "./supply/index.ts"
  );
  const promised = await gate.numbers();
  const { vulnerabilities } = gate.settings.supply;
  const { criticalDays: critical, highDays: high } = promised ?? {
    criticalDays: vulnerabilities.days.critical,
    highDays: vulnerabilities.days.high,
  };
  const settings = { ...vulnerabilities, days: { ...vulnerabilities.days, critical, high } };
  const { files, unread } = gate.files.readAll([...new Set(reports)]);
  const known = gate.files.read(settings.ledger);
  let ledger = "file" in known ? known.file : undefined;
  if (options.approval) {
    const read = ledger ? readLedger(ledger.text, gate.now) : `${settings.ledger} is not there`;
    if (typeof read === "string")
      throw invalid("ledger_invalid", `${read}.`, "Begin it with --update-ledger.");
    const text = writeLedger(approveDowngrade(read, options.approval, gate.now, settings.days));
    writeWhole(path.resolve(gate.files.cwd, settings.ledger), text);
    ledger = { path: settings.ledger, text };
  }
  const dated = files.map((file) => {
    const modified = dateOf(gate.files.cwd, file.path);
    const named = { ...file, name: gate.files.nameOf(file.path) };
    return modified ? { ...named, modified } : named;
  });
  const record = options.updateLedger === true;
  if (dated.length === 0) return [unread];
  const made = checkVulnerabilities(dated, ledger, settings, gate.now, { record });
  if (record && made.ledger) {
    writeWhole(path.resolve(gate.files.cwd, settings.ledger), writeLedger(made.ledger));
  }
  return [unread, made.outcome];
}

/** A lockfile that tells no licences is helped out by what is installed beside it. */
export async function checkLicenceFile(gate: Gate, shown: string): Promise<Outcome[]> {
  const { checkLicences, installedLicences } = await import("./supply/index.ts");
  const { files, unread } = gate.files.readAll([shown]);
  const outcomes = files.map((file) => {
    const folder = path.posix.dirname(file.path);
    const installed = installedLicences(file.text, (name) => {
      const result = gate.files.read(path.posix.join(folder, name));
      return "file" in result ? result.file.text : undefined;
    });
    return checkLicences(file, gate.settings.supply.licences, installed);
  });
  return [unread, ...outcomes];
}

export async function checkSbomFile(gate: Gate, sbom: string, lockfile?: string): Promise<Outcome[]> {
  const { checkSbom } = await import("./supply/index.ts");
  const locked = gate.files.readAll(lockfile === undefined ? [] : [lockfile]);
  const { files, unread } = gate.files.readAll([sbom]);
  const against = locked.files[0] ? { lockfile: locked.files[0] } : {};
  return [locked.unread, unread, ...files.map((file) => checkSbom(file, against))];
}

export async function checkSignedArtefacts(gate: Gate, artefacts: string[]): Promise<Outcome[]> {
  const { checkSignatures } = await import("./supply/index.ts");
  const bytes = (shown: string) => {
    try {
      return readFileSync(path.resolve(gate.files.cwd, shown));
    } catch {
      return undefined;
    }
  };
  const missing = artefacts.filter((shown) => bytes(shown) === undefined);
  const signed = artefacts.flatMap((shown) => {
    const content = bytes(shown);
    const signature = bytes(`${shown}.sig`) ?? bytes(`${shown}.bundle`);
    return content ? [{ path: shown, content, ...(signature ? { signature } : {}) }] : [];
  });
  return [
    gate.files.readAll(missing).unread,
    ...(signed.length > 0 ? [checkSignatures(signed, gate.settings.supply.signatures)] : []),
  ];
}

/** Line coverage, from the reports that are named or else from those of well-known names. */
export async function checkCoverageReports(gate: Gate, reports: string[]): Promise<Outcome[]> {
  const { checkCoverage, coverageSettings, usualReports } = await import("./configuration/index.ts");
  const promised = await gate.numbers();
  const settings = {
    ...(gate.settings.configuration.coverage ?? coverageSettings.parse({})),
    ...(promised ? { minimum: promised.lineCoverage } : {}),
  };
  const usual = () => settings.reports ?? usualReports(keptOf(gate, gate.files.tree()));
  const named = reports.length > 0 ? [...new Set(reports)] : usual();
  if (named.length === 0) return [nothingIn(".")];
  // What is there and cannot be opened is told as such, not as missing.
  const isThere = (shown: string) => dateOf(gate.files.cwd, shown) !== undefined;
  const { files, unread } = gate.files.readAll(named.filter(isThere));
  const given = [
    ...files.map((file) => ({
      path: file.path,
      file,
      modifiedAt: dateOf(gate.files.cwd, file.path) ?? null,
    })),
    ...named.filter((shown) => !isThere(shown)).map((path) => ({ path, file: null, modifiedAt: null })),
  ];
  const findings = checkCoverage(given, settings, gate.now);
  return [unread, { files: given.map(({ path }) => path), findings }];
}

/** Variables of every environment, `.env` files, and coverage reports. */
export async function checkConfigurationHere(
  gate: Gate,
  tree = keptOf(gate, gate.files.tree()),
): Promise<Outcome[]> {
  const { checkConfiguration, recognizeConfiguration } = await import("./configuration/index.ts");
  const { configuration } = gate.settings;
  if (recognizeConfiguration(tree, configuration).length === 0) return [nothingIn(".")];
  const context = { now: gate.now, modifiedAt: (shown: string) => dateOf(gate.files.cwd, shown) ?? null };
  const promised = configuration.coverage ? await gate.numbers() : undefined;
  const coverage = promised
    ? { coverage: { ...configuration.coverage!, minimum: promised.lineCoverage } }
    : {};
  return [checkConfiguration(tree, { ...configuration, ...coverage }, context)];
}

function moment(text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw invalid("time_invalid", `"${text}" is no time.`, "Write it like 2026-11-23T03:00:00+09:00.");
}

function parsed<T>(gate: Gate, shown: string, schema: { parse(value: unknown): T }): T {
  const result = gate.files.read(shown);
  if (!("file" in result))
    throw invalid(result.finding.code, result.finding.reason.en, result.finding.remedy.en);
  try {
    return schema.parse(JSON.parse(result.file.text));
  } catch (cause) {
    throw invalid(
      "ledger_invalid",
      `${shown} is no ledger of releases.`,
      "See the guide of the change gate.",
      cause,
    );
  }
}

/** Whether the settings of the sources take a file in. */
export function isWanted(settings: Gate["settings"]["sources"], shown: string): boolean {
  const { include, exclude } = settings;
  const isIn = (globs: string[]) => globs.some((glob) => matchesGlob(glob, shown));
  return (include === undefined || isIn(include)) && !isIn(exclude);
}
