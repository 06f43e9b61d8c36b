// Writes docs/reference/definition.md and definition.schema.json; with --check only tells whether they have drifted.
// Needs the built package: npx tsc -b packages/definition
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { jsonSchema, referencePage } from "../dist/index.js";

const folder = new URL("../../../docs/reference/", import.meta.url);
const files = {
  "definition.md": referencePage(),
  "definition.schema.json": `${JSON.stringify(jsonSchema(), null, 2)}\n`,
};

function current(name) {
  try {
    return readFileSync(new URL(name, folder), "utf8");
  } catch {
    return null;
  }
}

const drifted = Object.keys(files).filter((name) => current(name) !== files[name]);
if (process.argv.includes("--check")) {
  for (const name of drifted) {
    console.error(`docs/reference/${name} has drifted. Run: node packages/definition/scripts/reference.mjs`);
  }
  process.exitCode = drifted.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of drifted) writeFileSync(new URL(name, folder), files[name]);
}
