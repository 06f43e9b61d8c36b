import { become, build, cli, install } from "./prepare.mjs";

await install();
await build();
become([cli, "gameday", ...process.argv.slice(2)]);
