import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Operations } from "@toban/definition";
import type { apiClient } from "./api-client.ts";
import { type Config, SHIPPED } from "./config.ts";

type Api = ReturnType<typeof apiClient>;
type Verdicts = { verdicts: { digest: string }[] };

/**
 * Has the change gate look at what the releases were built from, the folder of the definition, where the environment
 * asks for it and it has said nothing of them yet. What it says is recorded by the CLI; a refusal shows at the deploy.
 */
export async function gateNewReleases(
  api: Api,
  config: Config,
  operations: Operations,
  progress: (text: string) => void,
): Promise<void> {
  if (operations.environments[config.environment]?.gate.choice !== "required") return;
  const unknown: string[] = [];
  for (const service of Object.keys(operations.services)) {
    const query = `/v1/gate/verdicts?service=${encodeURIComponent(service)}&limit=500`;
    const known = new Set((await api.get<Verdicts>(query)).verdicts.map(({ digest }) => digest));
    for (const { version, digest } of await builtReleases(config.releases, service)) {
      if (!known.has(digest)) unknown.push(`${service}@${version}`);
    }
  }
  if (unknown.length === 0) return;
  progress("checking what the releases were built from");
  const { code, output, errors } = await runCheck(config, unknown);
  if (code !== 0) progress(`the change gate did not pass:\n${reasonsIn(output) || errors}`);
}

const SHOWN_FINDINGS = 5;

type Found = {
  code: string;
  severity: string;
  undecided?: boolean;
  path: string;
  line: number;
  reason: string;
};

function reasonsIn(output: string): string {
  try {
    const { findings } = JSON.parse(output) as { findings: Found[] };
    const deciding = findings.filter(({ severity, undecided }) => severity === "block" || undecided);
    return deciding
      .slice(0, SHOWN_FINDINGS)
      .map(({ code, path: file, line, reason }) => `  ${file}:${line} ${code}: ${reason}`)
      .join("\n");
  } catch {
    return "";
  }
}

async function builtReleases(
  folder: string,
  service: string,
): Promise<{ version: string; digest: string }[]> {
  const versions = await readdir(path.join(folder, service)).catch(() => []);
  const found = await Promise.all(
    versions.map(async (version) => {
      const text = await readFile(path.join(folder, service, version, "release.json"), "utf8").catch(
        () => "{}",
      );
      const { digest } = JSON.parse(text) as { digest?: string };
      return digest === undefined ? [] : [{ version, digest }];
    }),
  );
  return found.flat();
}

function runCheck(
  config: Config,
  releases: string[],
): Promise<{ code: number; output: string; errors: string }> {
  const args = [SHIPPED.cli, "check", "--json", "--record", releases.join(",")];
  const options = {
    cwd: path.dirname(config.definition),
    env: {
      ...process.env,
      TOBAN_HOME: config.home,
      TOBAN_PORT: String(config.port),
      TOBAN_DEFINITION: config.definition,
    },
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 2) : 0;
      resolve({ code, output: stdout, errors: stderr.trim() });
    });
  });
}
