#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(fileURLToPath(main))) await import(main.href);
else {
  process.stderr.write("toban is not built yet: run `npm run build` (or `npm start`) in the repository.\n");
  process.exitCode = 69;
}
