import { become, build, install } from "./prepare.mjs";

install();
build();
become(["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)]);
