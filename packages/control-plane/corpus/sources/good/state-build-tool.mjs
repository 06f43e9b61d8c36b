import { mkdir, writeFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const out = join(import.meta.dirname, "dist");
await mkdir(out, { recursive: true });
await build({ entryPoints: ["src/main.ts"], bundle: true, outfile: join(out, "main.js"), platform: "node" });
const pkg = JSON.parse(await readFile("package.json", "utf8"));
await writeFile(join(out, "manifest.json"), JSON.stringify({ version: pkg.version, entry: "main.js" }));
console.log(`built ${pkg.version}`);
