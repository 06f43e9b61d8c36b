import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { digestOfFolder } from "../release.ts";

export type Behaviour = {
  /** Share of requests that answer 500. */
  errors?: number;
  /** Its health check never passes. */
  neverHealthy?: boolean;
  /** Ends itself so long after its start. */
  crashAfterMs?: number;
  /** Content of the migration; it runs as a script in the release's folder. */
  migrate?: string;
};

const MAIN = `
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
const is = JSON.parse(readFileSync("behaviour.json", "utf8"));
let n = 0;
createServer((request, response) => {
  if (request.url === "/health/ready") return response.writeHead(is.neverHealthy ? 503 : 200).end();
  // Evenly spread, so that the share is exact.
  n += is.errors ?? 0;
  const bad = n >= 1;
  if (bad) n -= 1;
  response.writeHead(bad ? 500 : 200, { "x-version": process.env.TOBAN_RELEASE }).end(process.env.GREETING);
}).listen(Number(process.env.PORT), "127.0.0.1");
if (is.crashAfterMs) setTimeout(() => process.exit(1), is.crashAfterMs);
process.on("SIGTERM", () => process.exit(0));
`;

/** Writes a release that behaves so, with its digest. Returns its folder. */
export async function writeRelease(
  releasesDir: string,
  service: string,
  version: string,
  behaviour: Behaviour = {},
  manifest: Record<string, unknown> = {},
): Promise<string> {
  const directory = path.join(releasesDir, service, version);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, "main.js"), MAIN);
  await writeFile(path.join(directory, "package.json"), '{"type":"module"}');
  await writeFile(path.join(directory, "behaviour.json"), JSON.stringify(behaviour));
  if (behaviour.migrate !== undefined) await writeFile(path.join(directory, "migrate.js"), behaviour.migrate);
  const release = {
    service,
    version,
    digest: await digestOfFolder(directory),
    command: ["node", "main.js"],
    healthPath: "/health/ready",
    ...(behaviour.migrate === undefined ? {} : { migrate: ["node", "migrate.js"] }),
    ...manifest,
  };
  await writeFile(path.join(directory, "release.json"), JSON.stringify(release));
  return directory;
}
