import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { invalid, notFound } from "../platform/errors.ts";

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

const manifestSchema = z.object({
  service: z.string().regex(NAME),
  version: z.string().regex(NAME),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  command: z.array(z.string().min(1)).min(1),
  healthPath: z.string().startsWith("/"),
  migrate: z.array(z.string().min(1)).min(1).optional(),
});

export type Release = z.infer<typeof manifestSchema> & { directory: string };

/**
 * Reads and verifies a release: the manifest is complete, names this service and version, and the folder's
 * content is what the digest says. Throws `not_found` or `invalid`; nothing has changed then.
 */
export async function readRelease(releasesDir: string, service: string, version: string): Promise<Release> {
  if (!NAME.test(version)) {
    throw invalid(
      "version_invalid",
      `"${version.slice(0, 80)}" is not a version.`,
      "Use letters, digits, dots and dashes.",
    );
  }
  const directory = path.join(path.resolve(releasesDir), service, version);
  const file = path.join(directory, "release.json");
  const text = await readFile(file, "utf8").catch(async (cause) => {
    const known = await readdir(path.dirname(directory)).catch(() => []);
    throw notFound(
      "release_unknown",
      `There is no release ${version} of ${service}.`,
      known.length > 0
        ? `Deploy one of: ${known.sort().join(", ")}; or build it first.`
        : "Build the release first.",
      cause,
    );
  });
  const manifest = parseManifest(text, service, version);
  const digest = await digestOfFolder(directory);
  if (digest !== manifest.digest) {
    throw invalid(
      "release_digest_mismatch",
      `The files of ${service} ${version} are not those that its digest names.`,
      "Build the release again under a new version; a release never changes.",
    );
  }
  return { ...manifest, directory };
}

function parseManifest(text: string, service: string, version: string): z.infer<typeof manifestSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(
      "release_invalid",
      `release.json of ${service} ${version} is not JSON.`,
      "Build the release again.",
      cause,
    );
  }
  if (typeof value !== "object" || value === null || !("healthPath" in value) || !value.healthPath) {
    throw invalid(
      "release_without_health_path",
      `release.json of ${service} ${version} has no healthPath, so nobody could tell whether it runs.`,
      'Add "healthPath", for example "/health/ready", and build the release again.',
    );
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success) {
    const fields = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw invalid(
      "release_invalid",
      `release.json of ${service} ${version}: ${fields}.`,
      "Build the release again.",
    );
  }
  if (result.data.service !== service || result.data.version !== version) {
    throw invalid(
      "release_misplaced",
      `The release in the folder of ${service} ${version} says that it is ${result.data.service} ${result.data.version}.`,
      "Move it to its own folder, or build it again.",
    );
  }
  return result.data;
}

/**
 * Digest of a folder without its release.json: SHA-256 over one line for each file,
 * `<relative path with />\0<SHA-256 of the content in hex>\n`, in code-unit order of the paths.
 */
export async function digestOfFolder(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"),
    )
    .filter((name) => name !== "release.json")
    .sort((a, b) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  for (const name of files) {
    const content = createHash("sha256")
      .update(await readFile(path.join(directory, name)))
      .digest("hex");
    hash.update(`${name}\0${content}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}
