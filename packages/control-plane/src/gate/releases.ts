import { readFileSync } from "node:fs";
import path from "node:path";
import { notFound } from "../platform/errors.ts";
import type { Outcome } from "./finding.ts";
import type { Gate } from "./gate.ts";

export type ReleaseName = { service: string; version: string };

/** `SERVICE@VERSION`, several with commas. Throws `not_found` for what names no release. */
export function parseReleases(text: string): ReleaseName[] {
  return text.split(",").map((one) => {
    const [service, version, ...rest] = one.trim().split("@");
    if (service && version && rest.length === 0) return { service, version };
    throw notFound("release_unnamed", `"${one}" is no release.`, "Write SERVICE@VERSION.");
  });
}

/**
 * Each release has an SBOM that names its digest (RF-057, RF-145): `<releases>/sbom/<service>-<version>.cdx.json`.
 * Throws `not_found` for a release that is not there.
 */
export async function checkReleaseSboms(
  gate: Gate,
  folder: string,
  releases: ReleaseName[],
): Promise<Outcome[]> {
  const { checkSbom } = await import("./supply/index.ts");
  const shown = path.relative(gate.files.cwd, folder) || ".";
  return releases.map(({ service, version }) => {
    const place = path.posix.join(shown, "sbom", `${service}-${version}.cdx.json`);
    const result = gate.files.read(place);
    const file = "file" in result ? result.file : undefined;
    const digest = digestOf(path.join(folder, service, version, "release.json"), `${service} ${version}`);
    const { findings } = checkSbom(file, { digest });
    return { files: [place], findings: findings.map((finding) => ({ ...finding, path: place })) };
  });
}

function digestOf(manifest: string, name: string): string {
  try {
    const { digest } = JSON.parse(readFileSync(manifest, "utf8")) as { digest?: unknown };
    if (typeof digest === "string") return digest;
  } catch {
    // Said below: without a digest nothing can be bound to it.
  }
  throw notFound("release_unknown", `There is no release ${name}.`, "Build it first.");
}
