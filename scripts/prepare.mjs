// What every command needs first: a supported Node, installed packages, current builds.
// Plain JavaScript without dependencies: on a fresh clone nothing is installed yet.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(fileURLToPath(import.meta.url), "../..");
const say = (text) => process.stderr.write(`${text}\n`);

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(
    `Toban needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and try again.`,
  );
  process.exit(1);
}

/** Runs a program to its end; its output appears when it fails, so that parallel steps stay readable. */
function run(title, command, args, options = {}) {
  const started = performance.now();
  say(`… ${title}`);
  const shell = process.platform === "win32";
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell, ...options });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
    });
    child.on("close", (code) => {
      if (code === 0) {
        say(`✓ ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
        return resolve();
      }
      say(`${output}\n✗ ${title} failed: ${command} ${args.join(" ")}`);
      process.exit(code ?? 1);
    });
  });
}

/** Digest of the content of files and folders, to skip work whose inputs have not changed. */
function digestOf(paths) {
  const hash = createHash("sha256");
  const visit = (file) => {
    const stat = statSync(file);
    if (!stat.isDirectory()) {
      hash.update(path.relative(root, file)).update("\0").update(readFileSync(file));
      return;
    }
    for (const name of readdirSync(file).sort()) {
      if (!["node_modules", "dist", "dist-types", "built"].includes(name)) visit(path.join(file, name));
    }
  };
  for (const entry of paths) if (existsSync(path.join(root, entry))) visit(path.join(root, entry));
  return hash.digest("hex");
}

const writtenAt = (file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Runs `work` unless it last succeeded with the same inputs and `output` still exists. */
async function once(name, inputs, output, work) {
  const stamps = path.join(root, "node_modules", ".toban");
  const stamp = path.join(stamps, name);
  const digest = digestOf(inputs);
  const last = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (last === digest && existsSync(path.join(root, output))) return;
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, digest);
}

export async function install() {
  checkNode();
  const manifests = ["packages", "workloads"].flatMap((group) =>
    readdirSync(path.join(root, group)).map((name) => `${group}/${name}/package.json`),
  );
  await once(
    "installed",
    ["package-lock.json", "package.json", ...manifests],
    "node_modules/typescript",
    () => run("installing packages", "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]),
  );
}

/** Builds what is older than its sources. Types are checked by `npm run check`, not on the way to a start. */
export async function build({ types = false } = {}) {
  const node = process.execPath;
  const compile = ["node_modules/typescript/bin/tsc", "-b", ...(types ? [] : ["--noCheck"])];
  const vite = path.join(root, "node_modules/vite/bin/vite.js");
  const page = (name, folder) =>
    once(name, [folder, "package-lock.json"], `${folder}/dist/index.html`, () =>
      run(`building ${folder}`, node, [vite, "build", "--logLevel=warn"], { cwd: path.join(root, folder) }),
    );
  const releases = ["workloads/ringiflow/releases/build.mjs", "--out", "workloads/ringiflow/releases/built"];
  const bundled = [
    ["packages/control-plane/dist/bundle/main.js", "packages/control-plane/tsconfig.tsbuildinfo"],
    ["packages/verify/dist/toban-verify.mjs", "packages/verify/tsconfig.tsbuildinfo"],
  ];
  await Promise.all([
    run("compiling", node, compile).then(() => {
      if (bundled.every(([bundle, compiled]) => writtenAt(bundle) > writtenAt(compiled))) return undefined;
      return run("bundling the command line", node, ["scripts/bundle.mjs"]);
    }),
    page("console", "packages/console"),
    page("ringiflow-web", "workloads/ringiflow/web").then(() =>
      run("building RingiFlow's releases", node, releases),
    ),
  ]);
}

/** Hands over to another program: signals and the exit code pass through. */
export function become(args, environment = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  // The terminal sends Ctrl-C to the whole group; only signals aimed at us are passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

export const cli = path.join("packages", "control-plane", "bin", "toban.js");
