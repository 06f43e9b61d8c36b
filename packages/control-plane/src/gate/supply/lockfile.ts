import { isRecord, type Json, parseJson, recordOf, textOf } from "./json.ts";

export type LockedPackage = {
  name: string;
  version: string;
  /** Needed to run the program; what is only for development, or only for some platforms, is not. */
  production: boolean;
  optional: boolean;
  licence?: string;
  /** Subresource integrity: `sha512-…` in base64. */
  integrity?: string;
  /** The key in the lockfile. */
  key: string;
};

/** The packages of an npm lockfile (versions 1 to 3) without the project's own; undefined when it is none. */
export function readLockfile(text: string): LockedPackage[] | undefined {
  const lock = parseJson(text);
  if (!isRecord(lock) || typeof lock.lockfileVersion !== "number") return undefined;
  if (isRecord(lock.packages)) {
    return Object.entries(lock.packages).flatMap(([key, value]) => lockedPackage(key, recordOf(value)) ?? []);
  }
  return isRecord(lock.dependencies) || lock.lockfileVersion === 1
    ? nested(recordOf(lock.dependencies), "")
    : undefined;
}

/** The project's own packages, `name@version` each: its root and its workspaces. */
export function ownPackages(text: string): string[] {
  return Object.entries(recordOf(recordOf(parseJson(text)).packages)).flatMap(([key, value]) => {
    const { name, version } = recordOf(value);
    const shown = textOf(name) ?? key.slice(key.lastIndexOf("/") + 1);
    return key.includes("node_modules/") ? [] : [`${shown}@${textOf(version) ?? ""}`];
  });
}

function lockedPackage(key: string, entry: Json): LockedPackage | undefined {
  const at = key.lastIndexOf("node_modules/");
  const version = textOf(entry.version);
  if (at < 0 || entry.link === true || version === undefined) return undefined;
  return about(textOf(entry.name) ?? key.slice(at + "node_modules/".length), version, key, entry);
}

function about(name: string, version: string, key: string, entry: Json): LockedPackage {
  const licence = textOf(entry.license);
  const integrity = textOf(entry.integrity);
  return {
    name,
    version,
    key,
    production: entry.dev !== true && entry.devOptional !== true && entry.extraneous !== true,
    optional: entry.optional === true || entry.devOptional === true,
    ...(licence === undefined ? {} : { licence }),
    ...(integrity === undefined ? {} : { integrity }),
  };
}

function nested(dependencies: Json, prefix: string): LockedPackage[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const entry = recordOf(value);
    const key = `${prefix}node_modules/${name}`;
    const version = textOf(entry.version);
    const own =
      version === undefined || version.startsWith("file:") ? [] : [about(name, version, key, entry)];
    return [...own, ...nested(recordOf(entry.dependencies), `${key}/`)];
  });
}
