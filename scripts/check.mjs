// Types, lint, format, drift of everything that is generated, and what our own change gate says.
import { spawnSync } from "node:child_process";
import { build, install, root } from "./prepare.mjs";

await install();
await build({ types: true });
const checks = [
  ["types of the tests of whole systems", ["node_modules/typescript/bin/tsc", "-p", "test"]],
  ["lint and format", ["node_modules/@biomejs/biome/bin/biome", "ci", "."]],
  ["drift of generated files", ["scripts/generate.mjs", "--check"]],
  ["the change gate on this repository", ["packages/control-plane/bin/toban.js", "check"]],
];
let failed = 0;
for (const [title, args] of checks) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  process.stderr.write(`${status === 0 ? "✓" : "✗"} ${title}\n`);
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
