import { become, build, install } from "./prepare.mjs";

await install();
await build();
become(["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)]);
