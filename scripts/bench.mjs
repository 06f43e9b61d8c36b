import { become, build, cli, install } from "./prepare.mjs";

install();
build();
become([cli, "bench", ...process.argv.slice(2)]);
