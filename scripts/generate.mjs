// Writes everything that is generated; `--check` fails when a file differs from what would be written.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./prepare.mjs";

const check = process.argv.includes("--check");
const drifted = [];

function put(file, content) {
  const target = path.join(root, file);
  let current = "";
  try {
    current = readFileSync(target, "utf8");
  } catch {}
  if (current === content) return;
  if (check) drifted.push(file);
  else {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

const reference = ["packages/definition/scripts/reference.mjs", ...(check ? ["--check"] : [])];
if (spawnSync(process.execPath, reference, { cwd: root, stdio: "inherit" }).status !== 0) {
  drifted.push("docs/reference/definition.*");
}

const events = ["workloads/ringiflow/scripts/event-schemas.mjs", ...(check ? ["--check"] : [])];
if (spawnSync(process.execPath, events, { cwd: root, stdio: "inherit" }).status !== 0) {
  drifted.push("workloads/ringiflow/contracts/events");
}

const { openApiDocument } = await import(path.join(root, "packages/control-plane/dist/app/openapi.js"));
const document = `${JSON.stringify(await openApiDocument(), null, 2)}\n`;
put("docs/reference/openapi.json", document);

const { referencePages } = await import(path.join(root, "packages/control-plane/dist/gate/reference.js"));
const pages = await referencePages();
for (const [page, content] of pages) put(`docs/reference/${page}`, content);
const pagesFolder = path.join(root, "docs/reference/checks");
for (const entry of readdirSync(pagesFolder, { recursive: true, withFileTypes: true })) {
  const file = path.relative(root, path.join(entry.parentPath, entry.name));
  if (!entry.isFile() || pages.has(path.relative("docs/reference", file))) continue;
  // A page whose check is gone.
  if (check) drifted.push(file);
  else rmSync(path.join(root, file));
}

const folder = mkdtempSync(path.join(tmpdir(), "toban-generate-"));
try {
  writeFileSync(path.join(folder, "openapi.json"), document);
  const generator = path.join(root, "packages/console/node_modules/openapi-typescript/bin/cli.js");
  const client = path.join(folder, "schema.ts");
  execFileSync(process.execPath, [generator, path.join(folder, "openapi.json"), "-o", client], {
    stdio: "pipe",
  });
  put("packages/console/src/api/schema.ts", readFileSync(client, "utf8"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const file of drifted) console.error(`${file} has drifted: run \`npm run generate\` and commit it`);
process.exit(drifted.length > 0 ? 1 : 0);
