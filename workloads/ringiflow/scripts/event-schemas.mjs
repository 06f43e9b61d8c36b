// Writes the JSON Schemas of RingiFlow's events to contracts/events; `--check` fails when one has drifted.
// `--release VERSION` keeps them as released: later schemas must stay compatible with every version there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventSchemas } from "../dist/src/events/contract.js";

const contracts = path.resolve(import.meta.dirname, "../contracts");
const [option, version] = process.argv.slice(2);
const folder = option === "--release" ? `released/${version}/events` : "events";
if (option === "--release" && (!version || existsSync(path.join(contracts, folder)))) {
  console.error(version ? `${folder} is there already: what was released never changes` : "Name the version");
  process.exit(64);
}

/** JSON as the formatter of this repository writes it: lists of short values stay on one line. */
function formatted(schema) {
  const list = /\[\n\s+((?:"[^"\n]*"|[-\w.]+)(?:,\n\s+(?:"[^"\n]*"|[-\w.]+))*)\n\s+\]/g;
  const text = JSON.stringify(schema, null, 2).replace(
    list,
    (_, items) => `[${items.replace(/\n\s+/g, " ")}]`,
  );
  return `${text}\n`;
}

let drifted = 0;
mkdirSync(path.join(contracts, folder), { recursive: true });
for (const [file, schema] of Object.entries(eventSchemas())) {
  const target = path.join(contracts, folder, file);
  const content = formatted(schema);
  if (existsSync(target) && readFileSync(target, "utf8") === content) continue;
  if (option === "--check") {
    drifted++;
    console.error(`contracts/${folder}/${file} has drifted: run \`npm run generate\` and commit it`);
  } else writeFileSync(target, content);
}
process.exit(drifted > 0 ? 1 : 0);
