import { become, build, cli, install } from "./prepare.mjs";

install();
build();
become([cli, "up", ...process.argv.slice(2)]);
