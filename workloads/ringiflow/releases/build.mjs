// Builds RingiFlow's releases: `node releases/build.mjs --out DIR [--force] [--no-page] [--only SERVICE]` writes
// DIR/<service>/<version>/ for bff, core and worker. One source, three versions by build flags.
// Every npm dependency is bundled, so a release runs with plain node and nothing else.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "vite";

const workload = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const repository = path.resolve(workload, "../..");
const source = (file) => path.join(workload, "src", file);
const packageSource = (name) => path.join(repository, "packages", name, "src");

/** Later versions have everything that earlier ones have. */
export const VERSIONS = {
  "1.0.0": { summary: false, fault: false },
  "1.1.0": { summary: true, fault: false },
  "1.2.0": { summary: true, fault: true },
};

/** Entry points of a service, by the name of the file in the release. */
const SERVICES = {
  bff: { main: source("bff/main.ts") },
  core: { main: source("core/main.ts"), migrate: source("migrate/main.ts") },
  worker: {
    main: source("worker/main.ts"),
    rebuild: source("worker/rebuild.ts"),
    redrive: source("worker/redrive.ts"),
  },
};

const MINIMAL_PAGE = `<!doctype html>
<html lang="ja">
  <head><meta charset="utf-8" /><title>RingiFlow</title></head>
  <body><h1>RingiFlow</h1><p>API: <a href="/api/about">/api/about</a></p></body>
</html>
`;

/** Builds what is missing or older than its sources. Returns whether anything was built. */
export async function buildReleases({ out, force = false, page = true, only = null }) {
  const services = Object.keys(SERVICES).filter((service) => only === null || service === only);
  let inputs = await inputsDigest(page);
  if (!force && (await isUpToDate(out, inputs, services))) return { built: false, inputs };
  // A source that is saved while we build makes the result neither the old nor the new one: build again.
  for (;;) {
    await buildInto(out, { inputs, page, services });
    const after = await inputsDigest(page);
    if (after === inputs) return { built: true, inputs };
    inputs = after;
  }
}

async function buildInto(out, { inputs, page: withPage, services }) {
  await mkdir(out, { recursive: true });
  const staging = await mkdtemp(path.join(out, ".staging-"));
  try {
    const page = services.includes("bff") ? await buildPage(path.join(staging, "page"), withPage) : null;
    const digests = {};
    const components = await billOfMaterials();
    await mkdir(path.join(staging, "sbom"));
    for (const service of services) {
      for (const version of Object.keys(VERSIONS)) {
        const folder = path.join(staging, service, version);
        await buildRelease({ service, version, folder, page });
        const digest = await sealRelease({ service, version, folder });
        digests[`${service}/${version}`] = digest;
        const sbom = path.join(staging, sbomOf(service, version));
        await writeFile(sbom, JSON.stringify(boundTo(components, { service, version, digest }), null, 2));
      }
    }
    for (const service of services) {
      for (const version of Object.keys(VERSIONS)) {
        const target = path.join(out, service, version);
        await rm(target, { recursive: true, force: true });
        await mkdir(path.dirname(target), { recursive: true });
        await rename(path.join(staging, service, version), target);
        await mkdir(path.join(out, "sbom"), { recursive: true });
        await rename(path.join(staging, sbomOf(service, version)), path.join(out, sbomOf(service, version)));
      }
    }
    await writeFile(path.join(out, "build.json"), `${JSON.stringify({ inputs, digests }, null, 2)}\n`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function buildRelease({ service, version, folder, page }) {
  const flags = VERSIONS[version];
  await build({
    configFile: false,
    root: workload,
    logLevel: "error",
    publicDir: false,
    define: {
      __RELEASE_VERSION__: JSON.stringify(version),
      __FEATURE_SUMMARY__: JSON.stringify(flags.summary),
      __FAULT__: JSON.stringify(flags.fault),
      "process.env.NODE_ENV": '"production"',
    },
    resolve: {
      // Straight from the source: a release never depends on what was compiled before.
      alias: Object.fromEntries(
        ["definition", "service-kit", "bff"].map((name) => [
          `@toban/${name}`,
          path.join(packageSource(name), "index.ts"),
        ]),
      ),
    },
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: true,
      target: "node20",
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: SERVICES[service],
        // Optional native parts that pg and friends ask for in a try block.
        external: ["pg-native", "pg-cloudflare"],
        output: { format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  const manifest = { name: `ringiflow-${service}`, version, type: "module", private: true };
  await writeFile(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  if (service === "core") {
    await cp(path.join(workload, "migrations"), path.join(folder, "migrations"), { recursive: true });
  }
  if (service === "bff") await cp(page, path.join(folder, "public"), { recursive: true });
}

/** The web page of workloads/ringiflow/web, or a minimal one where it is not part of the checkout. */
async function buildPage(folder, withPage) {
  const web = path.join(workload, "web");
  if (!withPage || !(await exists(path.join(web, "index.html")))) {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "index.html"), MINIMAL_PAGE);
    return folder;
  }
  await build({
    root: web,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, reportCompressedSize: false },
  });
  return folder;
}

/** Where the SBOM of a release is kept: beside the releases, since it names their digest. */
const sbomOf = (service, version) => `sbom/${service}-${version}.cdx.json`;

/** CycloneDX of everything that the lockfile knows; a bundle is made of nothing else. */
async function billOfMaterials() {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const options = { cwd: repository, maxBuffer: 64 * 1024 * 1024 };
  return JSON.parse((await promisify(execFile)(npm, args, options)).stdout);
}

/** `npm sbom` cannot know which artefact it describes; the property says so. */
function boundTo(sbom, { service, version, digest }) {
  const component = { ...sbom.metadata.component, name: `ringiflow-${service}`, version };
  const properties = [{ name: "toban:artifact:digest", value: digest }];
  return { ...sbom, metadata: { ...sbom.metadata, component, properties } };
}

async function sealRelease({ service, version, folder }) {
  const digest = await folderDigest(folder);
  const release = {
    service,
    version,
    digest,
    command: ["node", "main.js"],
    healthPath: "/health/ready",
    ...(service === "core" ? { migrate: ["node", "migrate.js"] } : {}),
  };
  await writeFile(path.join(folder, "release.json"), `${JSON.stringify(release, null, 2)}\n`);
  return digest;
}

/** sha256 over paths and contents of all files but release.json, sorted by path. */
export async function folderDigest(folder) {
  const hash = createHash("sha256");
  for (const file of await filesOf(folder)) {
    if (file === "release.json") continue;
    const contents = createHash("sha256")
      .update(await readFile(path.join(folder, file)))
      .digest("hex");
    hash.update(`${file}\0${contents}\n`);
  }
  return `sha256:${hash.digest("hex")}`;
}

async function inputsDigest(withPage) {
  const roots = [
    path.join(workload, "src"),
    path.join(workload, "migrations"),
    path.join(workload, "releases/build.mjs"),
    ...(withPage ? [path.join(workload, "web")] : []),
    path.join(repository, "package-lock.json"),
    ...["definition", "service-kit", "bff"].map(packageSource),
  ];
  const hash = createHash("sha256");
  for (const root of roots) {
    if (!(await exists(root))) continue;
    const files = (await stat(root)).isDirectory() ? await filesOf(root) : [""];
    for (const file of files.filter(isInput)) {
      const name = path.relative(repository, path.join(root, file));
      const contents = createHash("sha256")
        .update(await readFile(path.join(root, file)))
        .digest("hex");
      hash.update(`${name}\0${contents}\n`);
    }
  }
  return `sha256:${hash.digest("hex")}`;
}

const isInput = (file) =>
  !/(^|\/)(traffic|dist|dist-types|node_modules|testing)\//.test(file) &&
  !/\.(test\.tsx?|tsbuildinfo)$/.test(file);

async function isUpToDate(out, inputs, services) {
  try {
    const record = JSON.parse(await readFile(path.join(out, "build.json"), "utf8"));
    if (record.inputs !== inputs) return false;
    for (const service of services) {
      for (const version of Object.keys(VERSIONS)) {
        const folder = path.join(out, service, version);
        const release = JSON.parse(await readFile(path.join(folder, "release.json"), "utf8"));
        const digest = record.digests[`${service}/${version}`];
        if (!(await exists(path.join(out, sbomOf(service, version))))) return false;
        if (release.digest !== digest || (await folderDigest(folder)) !== digest) return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

const exists = (file) =>
  stat(file).then(
    () => true,
    () => false,
  );

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      force: { type: "boolean" },
      "no-page": { type: "boolean" },
      only: { type: "string" },
    },
  });
  if (!values.out) {
    console.error("usage: node releases/build.mjs --out DIR [--force] [--no-page] [--only SERVICE]");
    process.exit(64);
  }
  const started = performance.now();
  const { built } = await buildReleases({
    out: path.resolve(values.out),
    force: values.force,
    page: !values["no-page"],
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    built ? `built ${Object.keys(VERSIONS).join(", ")} in ${seconds} s` : "releases are up to date",
  );
}
