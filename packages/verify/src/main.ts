// toban-verify: verifies an exported bundle without Toban, a network or any other program.
import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadAnchors } from "./anchors.ts";
import { EXIT, type Language } from "./findings.ts";
import { parseVerifier } from "./note.ts";
import { reportJson, reportText } from "./text.ts";
import { type Report, verifyBundle } from "./verify.ts";

const BAD_USE = 64;
const FAILED = 70;
const USAGE = `Usage: toban-verify BUNDLE [options]

Verifies a bundle that \`toban audit export\` wrote; - reads standard input.

  --key VKEY       accept only this key and those it certified (repeatable)
  --anchors PATH   signed heads from an anchor sink: a file or a folder (repeatable)
  --json           print the report as JSON
  --keep DIR       keep both signed heads there when a tree has diverged
  --lang ja|en     language of the report; otherwise by the locale

Exits with 0 valid, 1 invalid, 2 diverged from an anchor, 3 incomplete, 4 unreadable, 64 bad use,
70 when the verification itself failed.
`;

type Use = {
  bundle: string;
  keys: string[];
  anchors: string[];
  json: boolean;
  keep: string | undefined;
  language: Language;
};

// The reader has seen enough (`| head`); the verdict stays the exit.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // 1 would be a verdict.
  process.stderr.write(`toban-verify failed: ${(error as Error).stack}\n`);
  process.exitCode = FAILED;
}

async function main(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  let use: Use;
  try {
    use = readUse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return BAD_USE;
  }
  const report = await verify(use);
  process.stdout.write(
    use.json
      ? `${JSON.stringify(reportJson(report, use.language), null, 2)}\n`
      : reportText(report, use.language),
  );
  if (use.keep !== undefined) await keepHeads(report, use.keep);
  return EXIT[report.verdict];
}

function readUse(args: string[]): Use {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      key: { type: "string", multiple: true, default: [] },
      anchors: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      keep: { type: "string" },
      lang: { type: "string" },
    },
  });
  const [bundle, ...more] = positionals;
  if (bundle === undefined || more.length > 0) throw new TypeError("Name one bundle.");
  if (values.lang !== undefined && values.lang !== "ja" && values.lang !== "en") {
    throw new TypeError("--lang is ja or en.");
  }
  for (const key of values.key) parseVerifier(key);
  const locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "";
  const language = values.lang ?? (/^ja/i.test(locale) ? "ja" : "en");
  const { key: keys, anchors, json, keep } = values;
  return { bundle, keys, anchors, json, keep, language };
}

async function verify({ bundle, keys, anchors }: Use): Promise<Report> {
  try {
    const given = anchors.length > 0 ? await loadAnchors(anchors) : undefined;
    const chunks = bundle === "-" ? process.stdin : createReadStream(bundle, { highWaterMark: 1024 * 1024 });
    return await verifyBundle(chunks, { pinned: keys, ...(given && { anchors: given }) });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Only what the file system says; anything else is a mistake of this program and must be seen as one.
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return unreadable((error as Error).message);
  }
}

function unreadable(detail: string): Report {
  return {
    format: "toban-audit-bundle/1",
    verdict: "unreadable",
    header: null,
    keys: { pinned: [], accepted: [], known: [] },
    sections: [],
    bytes: 0,
    findings: [{ code: "unreadable", detail }],
    findingsTotal: 1,
    notChecked: [],
  };
}

async function keepHeads({ findings }: Report, folder: string): Promise<void> {
  for (const [index, { class: name, size, heads }] of findings.entries()) {
    if (heads === undefined) continue;
    await mkdir(folder, { recursive: true });
    for (const [side, note] of Object.entries(heads)) {
      await writeFile(path.join(folder, `${name}-${size}-${index}-${side}.note`), note);
    }
  }
}
