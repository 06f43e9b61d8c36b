// Writes the JSON Schemas of RingiFlow's events to contracts/events; `--check` fails when one has drifted.
// `--release` keeps them as the released ones, which later schemas must stay compatible with.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventSchemas } from "../dist/src/events/contract.js";

const contracts = path.resolve(import.meta.dirname, "../contracts");
const check = process.argv.includes("--check");
const released = process.argv.includes("--release");
const drifted = [];

for (const [file, schema] of Object.entries(eventSchemas())) {
  const content = `${JSON.stringify(schema, null, 2)}\n`;
  for (const folder of released ? ["events", "released/events"] : ["events"]) {
    const target = path.join(contracts, folder, file);
    let current = "";
    try {
      current = readFileSync(target, "utf8");
    } catch {}
    if (current === content) continue;
    if (check) drifted.push(path.join("workloads/ringiflow/contracts", folder, file));
    else {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }
}

for (const file of drifted) console.error(`${file} has drifted: run \`npm run generate\` and commit it`);
process.exit(drifted.length > 0 ? 1 : 0);
