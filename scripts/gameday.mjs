import { become, build, cli, install } from "./prepare.mjs";

install();
build();
become([cli, "gameday", ...process.argv.slice(2)]);
