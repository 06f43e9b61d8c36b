// The command line in few files, for the checks of commit hooks: finding and reading many modules takes longer than
// checking a file. `bin/toban.js` uses it for `toban check` alone; everything else runs from the modules.
import path from "node:path";
import { build } from "vite";

const dist = path.resolve(import.meta.dirname, "../packages/control-plane/dist");
await build({
  configFile: false,
  root: dist,
  logLevel: "warn",
  ssr: { noExternal: ["zod", "commander"] },
  build: {
    ssr: true,
    outDir: "bundle",
    emptyOutDir: true,
    // Beside each other, as the reader of migrations expects its other thread.
    assetsDir: "",
    minify: false,
    rolldownOptions: {
      input: {
        main: path.join(dist, "cli/main.js"),
        "parse-ahead": path.join(dist, "gate/migrations/parse-ahead.js"),
        "parse-worker": path.join(dist, "gate/migrations/parse-worker.js"),
      },
    },
  },
});

// The verifier in one file, so that it can be handed to an auditor who has nothing of Toban but a bundle and a Node.
const verify = path.resolve(import.meta.dirname, "../packages/verify");
await build({
  configFile: false,
  root: verify,
  logLevel: "warn",
  build: {
    ssr: true,
    outDir: "dist",
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: path.join(verify, "dist/main.js"),
      output: { entryFileNames: "toban-verify.mjs", banner: "#!/usr/bin/env node" },
    },
  },
});
