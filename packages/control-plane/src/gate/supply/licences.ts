import { type Finding, type Outcome, placesIn, raise, type SourceFile } from "../finding.ts";
import { LICENCE_CHECKS } from "./checks/licences.ts";
import { isRecord, type Json, listOf, parseJson, recordOf, textOf } from "./json.ts";
import { readLockfile } from "./lockfile.ts";
import { summariseSbom } from "./sbom.ts";
import type { SupplySettings } from "./settings.ts";
import { allowList, judgeLicence, PERMISSIVE, parseLicence, spdxOf } from "./spdx.ts";

export type Licensed = { name: string; version: string; licence?: string; development: boolean; key: string };

/** The licence of a `package.json`, also in its old forms: an object, or a list of which one may be chosen. */
export function licenceOfManifest(manifest: Json): string | undefined {
  const one = (value: unknown) =>
    textOf(value) ?? textOf(recordOf(value).type) ?? textOf(recordOf(value).name);
  const single = Array.isArray(manifest.license) ? undefined : one(manifest.license);
  if (single !== undefined) return single;
  const several = [...listOf(manifest.license), ...listOf(manifest.licenses)].flatMap(
    (value) => one(value) ?? [],
  );
  if (several.length === 0) return one(manifest.licenses);
  return several.length === 1 ? several[0] : several.map((text) => `(${spdxOf(text)})`).join(" OR ");
}

/**
 * The packages of a lockfile, an SBOM or an installed `package.json` with their licences; undefined when the text is none.
 * @param installed licences of installed packages by `name@version`, for what a lockfile does not tell
 */
export function readLicensed(
  text: string,
  installed: ReadonlyMap<string, string> = new Map(),
): Licensed[] | undefined {
  const withInstalled = (name: string, version: string, licence: string | undefined) => {
    const known = licence ?? installed.get(`${name}@${version}`);
    return known === undefined ? {} : { licence: known };
  };
  const sbom = summariseSbom(text);
  if (sbom !== undefined) {
    return sbom.components.map(({ name, version, licences, development }) => ({
      name,
      version,
      // CycloneDX: several licences of one component all apply.
      ...withInstalled(name, version, licences.length === 0 ? undefined : conjunction(licences)),
      development,
      key: `"${name}"`,
    }));
  }
  const locked = readLockfile(text);
  if (locked !== undefined) {
    return locked.map(({ name, version, licence, production, key }) => ({
      name,
      version,
      ...withInstalled(name, version, licence),
      development: !production,
      key: `"${key}"`,
    }));
  }
  const manifest = parseJson(text);
  const [name, version] = isRecord(manifest) ? [textOf(manifest.name), textOf(manifest.version)] : [];
  if (!isRecord(manifest) || name === undefined || version === undefined) return undefined;
  return [
    {
      name,
      version,
      ...withInstalled(name, version, licenceOfManifest(manifest)),
      development: false,
      key: '"license',
    },
  ];
}

/**
 * The licences of installed packages by `name@version`, of those for which a lockfile tells none.
 * @param read the text of a file beside the lockfile, such as `node_modules/a/package.json`; undefined when there is none
 */
export function installedLicences(
  lockfile: string,
  read: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const silent = (readLockfile(lockfile) ?? []).filter(({ licence }) => licence === undefined);
  return new Map(
    silent.flatMap(({ key, name, version }) => {
      const manifest = parseJson(read(`${key}/package.json`) ?? "");
      const licence =
        isRecord(manifest) && textOf(manifest.version) === version && licenceOfManifest(manifest);
      return licence ? [[`${name}@${version}`, licence]] : [];
    }),
  );
}

const conjunction = (licences: readonly string[]) =>
  licences.length === 1 ? licences[0]! : licences.map((text) => `(${spdxOf(text)})`).join(" AND ");

/**
 * Judges the licences of what a program brings along. What is only for development is told, never blocked, unless
 * `settings.includeDev`.
 * @param installed see `readLicensed`
 */
export function checkLicences(
  file: SourceFile,
  settings: SupplySettings["licences"],
  installed?: ReadonlyMap<string, string>,
): Outcome {
  const place = { path: file.path, line: 1, column: 1 };
  const packages = readLicensed(file.text, installed);
  if (packages === undefined)
    return { files: [file.path], findings: [raise(LICENCE_CHECKS.unreadable, place)] };
  const allowed = allowList(settings.allow ?? PERMISSIVE);
  const placeAt = placesIn(file);
  const findings: Finding[] = [];
  const silent: Licensed[] = [];
  for (const one of distinct(packages)) {
    if (one.development && !settings.includeDev) continue;
    const check = judge(one.licence, allowed, settings.allow !== undefined);
    if (check === undefined) continue;
    if (check === LICENCE_CHECKS.missing) silent.push(one);
    const params = { package: nameOf(one), licence: one.licence ?? "" };
    findings.push(raise(check, placeAt(Math.max(0, file.text.indexOf(one.key))), params));
  }
  if (silent.length <= MOST_SILENT || readLockfile(file.text) === undefined) {
    return { files: [file.path], findings };
  }
  // It is the lockfile that says nothing, which is one thing to mend.
  const names = `${silent.slice(0, MOST_SILENT).map(nameOf).join(", ")} …`;
  const untold = raise(LICENCE_CHECKS.untold, place, { count: silent.length, names });
  const others = findings.filter(({ code }) => code !== LICENCE_CHECKS.missing.code);
  return { files: [file.path], findings: [untold, ...others] };
}

/** As many packages may be told one by one. */
const MOST_SILENT = 3;

const nameOf = ({ name, version }: Licensed) => `${name}@${version}`;

/** A package may be installed in several places. */
const distinct = (packages: readonly Licensed[]): Licensed[] =>
  [...new Map(packages.map((one) => [nameOf(one), one] as const).reverse()).values()].reverse();

function judge(licence: string | undefined, allowed: ReadonlySet<string>, own: boolean) {
  if (licence === undefined || /^NOASSERTION$/i.test(licence)) return LICENCE_CHECKS.missing;
  if (/^SEE LICEN[SC]E IN/i.test(licence))
    return allowed.has(licence.toLowerCase()) ? undefined : LICENCE_CHECKS.elsewhere;
  const tree = parseLicence(spdxOf(licence));
  if (tree === undefined) return LICENCE_CHECKS.unknown;
  const verdict = judgeLicence(tree, allowed);
  if (verdict === "allowed") return undefined;
  if (verdict === "unknown") return LICENCE_CHECKS.unknown;
  // Whoever writes an allow list means it; without one, weak copyleft is for people to look at.
  return verdict === "weak" && !own ? LICENCE_CHECKS.weak : LICENCE_CHECKS.refused;
}
