#!/usr/bin/env node
import { statSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

const written = (url) => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const dist = new URL("../dist/", import.meta.url);
const main = new URL("cli/main.js", dist);
const [command, family, ...given] = process.argv.slice(2);

if (command === "check") await check();
else if (written(main)) await import(main.href);
else notBuilt();

/** Checks run at every commit: what they start with counts. */
async function check() {
  // The optimizing compiler would work on PostgreSQL's parser longer than most checks last. V8 promises nothing of its
  // flags and complains of unknown ones, so only where this one has been tried.
  if (Number.parseInt(process.versions.node, 10) <= 24) setFlagsFromString("--liftoff-only");
  const folder = bundleOrModules();
  if (!folder) return notBuilt();
  const isFolder = (name) => statSync(name, { throwIfNoEntry: false })?.isDirectory();
  // Beside the rest of the program, the parser of a history of migrations is loaded in a thread of its own.
  if (family === "migrations" && given.some(isFolder)) {
    const { startAhead } = await import(new URL(folder.ahead, dist).href);
    startAhead();
  }
  await import(new URL(folder.main, dist).href);
}

/** The bundle that the build makes has few files to find and read; not used when something was compiled after it. */
function bundleOrModules() {
  const compiled = written(new URL("../tsconfig.tsbuildinfo", dist));
  if (written(new URL("bundle/main.js", dist)) > compiled)
    return { main: "bundle/main.js", ahead: "bundle/parse-ahead.js" };
  if (written(main)) return { main: "cli/main.js", ahead: "gate/migrations/parse-ahead.js" };
  return undefined;
}

function notBuilt() {
  process.stderr.write("toban is not built yet: run `npm run build` (or `npm start`) in the repository.\n");
  process.exitCode = 69;
}
