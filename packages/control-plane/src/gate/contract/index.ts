import { posix } from "node:path";
import type { Family } from "../family.ts";
import { type Finding, type Outcome, type Place, raise, type SourceFile } from "../finding.ts";
import type { Location } from "../schema/index.ts";
import { CONTRACT_CHECKS } from "./checks.ts";
import { createComparing, type Note } from "./comparing.ts";
import { brokenReferences, type Contract, type Load, readContract, type Unusable } from "./document.ts";
import { declarationOf, readDeclarations } from "./evolution.ts";
import { compareContracts } from "./operation.ts";
import { type ContractSettings, contractSettings } from "./settings.ts";

export { CONTRACT_CHECKS } from "./checks.ts";
export type { Load } from "./document.ts";
export { type ContractSettings, contractSettings } from "./settings.ts";

export type ContractInput = {
  /** The contract that consumers use today; null when it could not be read. */
  base: SourceFile | null;
  revision: SourceFile | null;
  /** What to call a side that could not be read. */
  basePath?: string;
  revisionPath?: string;
  settings?: ContractSettings;
  now: Date;
  /** Files beside the base that it refers to; those of a git revision come from there. */
  loadBase?: Load;
  loadRevision?: Load;
};

/** Compares two OpenAPI documents. Nothing is read but what `loadBase` and `loadRevision` give. */
export async function checkContract(input: ContractInput): Promise<Outcome> {
  const basePath = input.base?.path ?? input.basePath ?? "base";
  const revisionPath = input.revision?.path ?? input.revisionPath ?? "revision";
  const files = [...new Set([basePath, revisionPath])];
  const start = (path: string): Place => ({ path, line: 1, column: 1 });
  if (!input.base || !input.revision) {
    const { baseMissing, unreadable } = CONTRACT_CHECKS;
    return {
      files,
      findings: [
        ...(input.base ? [] : [raise(baseMissing, start(revisionPath), { path: basePath })]),
        ...(input.revision
          ? []
          : [raise(unreadable, start(revisionPath), { path: revisionPath, detail: "–" })]),
      ],
    };
  }
  try {
    const findings = await read(input.base, input.revision, input);
    return { files: [...new Set([...files, ...findings.map((finding) => finding.path)])], findings };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The only way to exhaust the stack: brackets within brackets, thousands deep.
    const params = { path: revisionPath, detail: "nested too deeply" };
    return { files, findings: [raise(CONTRACT_CHECKS.unreadable, start(revisionPath), params)] };
  }
}

async function read(
  baseFile: SourceFile,
  revisionFile: SourceFile,
  input: ContractInput,
): Promise<Finding[]> {
  const none: Load = () => null;
  const base = await readContract(baseFile, input.loadBase ?? none);
  const revision = await readContract(revisionFile, input.loadRevision ?? none);
  if ("problem" in base || "problem" in revision) {
    const findings = [base, revision].flatMap((side) => ("problem" in side ? [unusable(side)] : []));
    return "problem" in base ? [...findings, notCompared(baseFile, revisionFile)] : findings;
  }
  const broken = [base, revision].flatMap((side) =>
    brokenReferences(side).map(({ reference, at }) =>
      raise(CONTRACT_CHECKS.referenceUnresolvable, side.place(at), { name: reference }),
    ),
  );
  if (broken.some(({ path }) => path === baseFile.path) && baseFile.path !== revisionFile.path) {
    broken.push(notCompared(baseFile, revisionFile));
  }
  return broken.length > 0 ? broken : compare(base, revision, input);
}

/** A base that cannot be read leaves the revision undecided too, whichever of the two a change touches. */
const notCompared = (base: SourceFile, revision: SourceFile): Finding =>
  raise(CONTRACT_CHECKS.baseMissing, { path: revision.path, line: 1, column: 1 }, { path: base.path });

function unusable({ problem, place, detail }: Unusable): Finding {
  const check = problem === "unreadable" ? CONTRACT_CHECKS.unreadable : CONTRACT_CHECKS.versionUnsupported;
  return raise(check, place, { path: place.path, detail });
}

function compare(base: Contract, revision: Contract, input: ContractInput): Finding[] {
  const settings = input.settings ?? {};
  const comparing = createComparing(base, revision, settings, input.now);
  compareContracts(comparing);
  const declared = readDeclarations(settings.evolution ?? [], input.now, input.loadRevision ?? (() => null));
  const incomplete = new Map<string, Finding>();
  const findings = [...comparing.notes.values()].map((note) => {
    const check = CONTRACT_CHECKS[note.check];
    const severity = note.severity ?? check.severity;
    const isBreaking = severity === "block" && !("undecided" in check);
    const declaration = isBreaking ? declarationOf(declared, check.code, note.operations) : undefined;
    if (declaration && declaration.missing.length > 0) {
      const params = { name: check.code, missing: declaration.missing.join(", ") };
      const place = { path: revision.file.path, line: 1, column: 1 };
      incomplete.set(JSON.stringify(params), raise(CONTRACT_CHECKS.evolutionIncomplete, place, params));
    }
    return toFinding(note, declaration?.missing.length === 0 ? "warn" : severity, { base, revision });
  });
  return [...findings, ...incomplete.values()].sort(
    (one, other) => one.path.localeCompare(other.path) || one.line - other.line || one.column - other.column,
  );
}

function toFinding(
  note: Note,
  severity: Finding["severity"],
  sides: { base: Contract; revision: Contract },
): Finding {
  const others = note.operations.size - 1;
  const where = `${note.where || note.side}${others > 0 ? ` (+${others})` : ""}`;
  const place = note.side === "revision" ? sides.revision.place(note.at) : placeOfGone(note.at, sides);
  return raise(CONTRACT_CHECKS[note.check], place, { ...note.params, where }, { severity });
}

/** Where the revision no longer has something: it is the file that is wrong and that a change shows. */
function placeOfGone(at: Location, { base, revision }: { base: Contract; revision: Contract }): Place {
  const { dirname, join, relative } = posix;
  const isMain = at.path === base.file.path;
  const beside = () => join(dirname(revision.file.path), relative(dirname(base.file.path), at.path));
  const around = at.pointer.slice(0, Math.max(0, at.pointer.lastIndexOf("/")));
  return revision.place({ path: isMain ? revision.file.path : beside(), pointer: around });
}

/** `base.yaml`, `revision.yaml` and, where there are any, the settings of the family as `settings.json`. */
async function example(files: SourceFile[]): Promise<Outcome> {
  const find = (path: string) => files.find((file) => file.path === path) ?? null;
  const given = find("settings.json");
  return checkContract({
    base: find("base.yaml"),
    revision: find("revision.yaml"),
    settings: given ? contractSettings.parse(JSON.parse(given.text)) : {},
    now: new Date("2026-01-01T00:00:00Z"),
    loadBase: find,
    loadRevision: find,
  });
}

export const contractFamily: Family = {
  name: "contract",
  checks: CONTRACT_CHECKS,
  example,
  exampleFile: "revision.yaml",
};
