import { accessSync, constants, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type AgentError, codeOf, invalid, messageOf } from "./errors.ts";
import { parse, type ReleaseManifest, releaseManifestSchema } from "./model.ts";

/** Reads `<directory>/release.json`; throws an `invalid` that says what makes the release unusable. */
export function readRelease(directory: string): ReleaseManifest {
  const file = path.join(directory, "release.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw invalid(
      "release_manifest_missing",
      `The release has no readable ${file} (${codeOf(error)}).`,
      "Build the release again, or correct its directory.",
      error,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(
      "release_manifest_invalid",
      `${file}: ${messageOf(error)}`,
      "Build the release again.",
      error,
    );
  }
  if (typeof value === "object" && value !== null && !("healthPath" in value))
    throw invalid(
      "release_health_path_missing",
      `${file} names no healthPath, so nobody could tell whether an instance works.`,
      'Add "healthPath" (for example "/health/ready") to the release.',
    );
  return parse(releaseManifestSchema, value, "release_manifest");
}

/** The program's absolute path; a bare name is looked up on PATH. */
export function resolveCommand(directory: string, command: string, searchPath: string): string {
  const missing = (): AgentError =>
    invalid(
      "release_command_missing",
      `The program "${command}" of the release in ${directory} cannot be run.`,
      "Install it on this machine, or correct the release's command.",
    );
  // The runtime of the agent is the one that the release was tested with.
  if (command === "node") return process.execPath;
  const candidates = command.includes("/")
    ? [path.resolve(directory, command)]
    : searchPath.split(path.delimiter).map((folder) => path.join(folder, command));
  for (const candidate of candidates)
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // The next folder may have it.
    }
  throw missing();
}

/** What a release's process gets of the agent's own environment: nothing that could hold a secret. */
export function minimalEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    LANG: process.env.LANG ?? "C.UTF-8",
    HOME: home,
  };
}
