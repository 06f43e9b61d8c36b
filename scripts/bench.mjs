import { become, build, cli, install } from "./prepare.mjs";

await install();
await build();
become([cli, "bench", ...process.argv.slice(2)]);
