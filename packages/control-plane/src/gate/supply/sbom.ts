import { type Finding, type Outcome, placesIn, raise, type SourceFile } from "../finding.ts";
import { SBOM_CHECKS } from "./checks/sbom.ts";
import { isRecord, type Json, listOf, parseJson, recordOf, textOf, textsOf } from "./json.ts";
import { type LockedPackage, ownPackages, readLockfile } from "./lockfile.ts";

export type Component = {
  name: string;
  version: string;
  purl?: string;
  /** Lower-case algorithm without dashes (`sha512`) to lower-case hex. */
  hashes: Record<string, string>;
  /** Licence expressions, ids or names, as they stand. */
  licences: string[];
  /** Marked by npm as needed for development only. */
  development: boolean;
};

export type SbomSummary = {
  specVersion: string;
  serialNumber?: string;
  subject?: { name: string; version?: string };
  components: Component[];
  /** Every sha256 digest that it says it was made of: hashes, purl, version or the property `toban:artifact:digest`. */
  digests: string[];
};

const SUPPORTED = new Set(["1.4", "1.5", "1.6", "1.7"]);
const DIGEST = "toban:artifact:digest";

/** Whether a parsed JSON document is a CycloneDX SBOM of any version. */
export const isCycloneDx = (value: unknown): value is Json =>
  isRecord(value) && value.bomFormat === "CycloneDX";

/** What a CycloneDX JSON document says; undefined when it is none, is cut off, or its version is not 1.4 to 1.7. */
export function summariseSbom(text: string): SbomSummary | undefined {
  const bom = parseJson(text);
  if (!isCycloneDx(bom) || !SUPPORTED.has(String(bom.specVersion))) return undefined;
  const metadata = recordOf(bom.metadata);
  const subject = recordOf(metadata.component);
  const name = fullName(subject);
  const version = textOf(subject.version);
  const serialNumber = textOf(bom.serialNumber);
  return {
    specVersion: String(bom.specVersion),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(name === undefined ? {} : { subject: { name, ...(version === undefined ? {} : { version }) } }),
    components: componentsOf(bom.components, 0),
    digests: digestsOf(metadata, subject),
  };
}

function fullName(component: Json): string | undefined {
  const [group, name] = [textOf(component.group), textOf(component.name)];
  return group === undefined || name === undefined ? name : `${group}/${name}`;
}

/** npm leaves the scope of a workspace out of its name, but not out of its purl. */
const npmName = (purl: string | undefined): string | undefined =>
  decoded(/^pkg:npm\/([^?#]+)@[^@?#]+/.exec(purl ?? "")?.[1]);

function componentsOf(value: unknown, depth: number): Component[] {
  if (depth > 20) return [];
  return listOf(value).flatMap((item) => {
    const component = recordOf(item);
    const purl = textOf(component.purl);
    const one: Component = {
      name: npmName(purl) ?? fullName(component) ?? "",
      version: textOf(component.version) ?? "",
      ...(purl === undefined ? {} : { purl }),
      hashes: hashesOf(component),
      licences: listOf(component.licenses).flatMap((entry) => {
        const { expression, license } = recordOf(entry);
        return textOf(expression) ?? textOf(recordOf(license).id) ?? textOf(recordOf(license).name) ?? [];
      }),
      development: propertiesOf(component, "cdx:npm:package:development").includes("true"),
    };
    return [one, ...componentsOf(component.components, depth + 1)];
  });
}

const hashesOf = (component: Json): Record<string, string> =>
  Object.fromEntries(
    listOf(component.hashes).map((hash) => {
      const { alg, content } = recordOf(hash);
      return [String(alg).toLowerCase().replaceAll("-", ""), String(content).toLowerCase()];
    }),
  );

const propertiesOf = (owner: Json, name: string): string[] =>
  listOf(owner.properties).flatMap((property) =>
    recordOf(property).name === name ? textsOf([recordOf(property).value]) : [],
  );

function digestsOf(metadata: Json, subject: Json): string[] {
  const told = [
    hashesOf(subject).sha256,
    textOf(subject.version),
    decoded(textOf(subject.purl)),
    ...propertiesOf(metadata, DIGEST),
    ...propertiesOf(subject, DIGEST),
    ...["aquasecurity:trivy:ImageID", "aquasecurity:trivy:RepoDigest"].flatMap((name) =>
      propertiesOf(subject, name),
    ),
  ];
  const digests = told.flatMap((text) => /(?:sha256:|^)([0-9a-f]{64})\b/i.exec(text ?? "")?.[1] ?? []);
  return [...new Set(digests.map((digest) => `sha256:${digest.toLowerCase()}`))];
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Judges the SBOM of a release.
 * @param sbom undefined when the release has none, which blocks (RF-145)
 * @param against.digest the release's artefact, `sha256:` and hex; the SBOM must name it
 * @param against.lockfile the npm lockfile that the release was built from; the SBOM must hold its production packages
 */
export function checkSbom(
  sbom: SourceFile | undefined,
  against: { digest?: string; lockfile?: SourceFile } = {},
): Outcome {
  if (sbom === undefined) {
    const place = { path: against.lockfile?.path ?? ".", line: 1, column: 1 };
    return { files: [place.path], findings: [raise(SBOM_CHECKS.missing, place)] };
  }
  const place = { path: sbom.path, line: 1, column: 1 };
  const summary = summariseSbom(sbom.text);
  if (summary === undefined) {
    return {
      files: [sbom.path],
      findings: [raise(SBOM_CHECKS.unreadable, place, { detail: formatOf(sbom.text) })],
    };
  }
  const findings: Finding[] = [];
  const lacking = essentials(summary);
  if (lacking.length > 0) findings.push(raise(SBOM_CHECKS.incomplete, place, { detail: lacking.join(", ") }));
  if (against.digest !== undefined) findings.push(...digestFindings(summary, against.digest, sbom));
  if (against.lockfile !== undefined) findings.push(...coverage(summary, against.lockfile, sbom));
  return { files: [sbom.path], findings };
}

function formatOf(text: string): string {
  const value = parseJson(text);
  if (value === undefined) return "JSON";
  if (isCycloneDx(value)) return `specVersion ${String(value.specVersion)}`;
  return textOf(recordOf(value).spdxVersion) ?? "bomFormat";
}

const SERIAL = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function essentials(summary: SbomSummary): string[] {
  const lacking: string[] = [];
  if (!SERIAL.test(summary.serialNumber ?? "")) lacking.push("serialNumber");
  if (summary.subject === undefined) lacking.push("metadata.component");
  const nameless = summary.components.findIndex(({ name, version }) => name === "" || version === "");
  if (nameless >= 0) lacking.push(`components[${nameless}].version`);
  const purlless = summary.components.findIndex(({ purl }) => purl === undefined);
  if (purlless >= 0) lacking.push(`components[${purlless}].purl`);
  return lacking;
}

function digestFindings(summary: SbomSummary, digest: string, sbom: SourceFile): Finding[] {
  const wanted = `sha256:${digest.toLowerCase().replace(/^sha256:/, "")}`;
  if (summary.digests.includes(wanted)) return [];
  const offset =
    summary.digests.length === 0 ? 0 : Math.max(0, sbom.text.indexOf(summary.digests[0]!.slice(7)));
  const check = summary.digests.length === 0 ? SBOM_CHECKS.unbound : SBOM_CHECKS.otherArtefact;
  const told = summary.digests.join(", ");
  return [raise(check, placesIn(sbom)(offset), { wanted, told })];
}

function coverage(summary: SbomSummary, lockfile: SourceFile, sbom: SourceFile): Finding[] {
  const place = { path: sbom.path, line: 1, column: 1 };
  const locked = readLockfile(lockfile.text);
  if (locked === undefined) return [raise(SBOM_CHECKS.noLockfile, place, { lockfile: lockfile.path })];
  const held = new Map(summary.components.map((one) => [`${one.name}@${one.version}`, one]));
  const known = new Set([...locked.map(nameOf), ...ownPackages(lockfile.text)]);
  const missing = locked.filter((one) => one.production && !one.optional && !held.has(nameOf(one)));
  const unlike = locked.filter((one) => differs(one, held.get(nameOf(one))));
  const extra = [...held.keys()].filter((name) => !known.has(name));
  const findings: Finding[] = [];
  const tell = (names: string[]) => ({
    count: names.length,
    names: names.slice(0, 5).join(", ") + (names.length > 5 ? " …" : ""),
  });
  if (missing.length > 0)
    findings.push(raise(SBOM_CHECKS.uncovered, place, tell([...new Set(missing.map(nameOf))])));
  if (unlike.length > 0) findings.push(raise(SBOM_CHECKS.otherContent, place, tell(unlike.map(nameOf))));
  if (extra.length > 0) findings.push(raise(SBOM_CHECKS.extra, place, tell(extra)));
  return findings;
}

const nameOf = ({ name, version }: LockedPackage) => `${name}@${version}`;

/** The lockfile's integrity (base64) and the SBOM's hash (hex) of the same algorithm must be the same bytes. */
function differs(locked: LockedPackage, component: Component | undefined): boolean {
  const [, algorithm, content] = /^(sha\d+)-([A-Za-z0-9+/=]+)/.exec(locked.integrity ?? "") ?? [];
  const hash = algorithm === undefined ? undefined : component?.hashes[algorithm];
  return (
    hash !== undefined && content !== undefined && Buffer.from(content, "base64").toString("hex") !== hash
  );
}
