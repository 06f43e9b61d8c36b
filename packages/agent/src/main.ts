import { fileURLToPath } from "node:url";
import { keep } from "./keeper.ts";

// usage: node main.js --home DIR --socket PATH
keep(fileURLToPath(new URL("./agent-main.js", import.meta.url)), process.argv.slice(2));
