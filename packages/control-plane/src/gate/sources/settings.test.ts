import { describe, expect, test } from "vitest";
import { verdictOf } from "../finding.ts";
import { judgeSources, recognizeSources, sourcesSettings } from "./index.ts";

const judge = async (files: Record<string, string>, settings: unknown = {}, whole = false) => {
  const given = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { findings } = await judgeSources(given, sourcesSettings.parse(settings), { whole });
  return findings.map(({ code, path, line, column }) => ({ code, path, line, column }));
};
const codes = async (...args: Parameters<typeof judge>) => (await judge(...args)).map(({ code }) => code);

describe("settings of the sources", () => {
  test("declare business events by name or pattern; each must log or count", async () => {
    const files = {
      "a.ts": 'import { db } from "./db.js";\nexport const approve = (id: string) => db.approve(id);\n',
    };
    const event = { name: "request.approved", function: "approve" };
    expect(await codes(files, { businessEvents: [event] })).toEqual(["sources/business-event-unobserved"]);
    expect(await codes(files, { businessEvents: [{ name: "x", pattern: "^appr" }] })).toEqual([
      "sources/business-event-unobserved",
    ]);
    const gone = { businessEvents: [{ name: "request.sent", function: "sendRequest" }] };
    expect(await codes(files, gone)).toEqual([]);
    expect(await codes(files, gone, true)).toEqual(["sources/business-event-missing"]);
  });

  test("name guards, limiters and routes that are open on purpose", async () => {
    const text = `import { Router } from "express";
import { needs, open } from "./x.js";
export const router = Router();
router.put("/a/:id", needs("a"), open.a);
router.put("/b/:id", needs("b"), open.b);
router.delete("/c/:id", open.c);
`;
    expect(await codes({ "r.ts": text })).toEqual([]);
    const demanded = { requirePermission: true, permissions: ["needs"] };
    expect(await codes({ "r.ts": text }, { routes: demanded })).toEqual(["sources/route-without-permission"]);
    expect(await codes({ "r.ts": text }, { routes: { ...demanded, public: ["/c/*"] } })).toEqual([]);
  });

  test("name maskers, sensitive fields and what recognizes a repetition", async () => {
    const log =
      'import { logger } from "./l.js";\nexport const f = (u) => logger.info({ k: u.shoeSize, e: veil(u.email) });\n';
    expect(await codes({ "a.js": log }, { maskedBy: ["veil"] })).toEqual([]);
    expect(await codes({ "a.js": log }, { maskedBy: ["veil"], sensitive: ["shoeSize"] })).toEqual([
      "sources/personal-data-in-log",
    ]);
    const route =
      'router.post("/x", async (q) => { await exactly(q); await prisma.x.create({ data: q.body }); });\n';
    expect(await codes({ "a.js": route })).toEqual(["sources/handler-not-idempotent"]);
    expect(await codes({ "a.js": route }, { guardedBy: ["exactly"] })).toEqual([]);
  });
});

describe("a set of sources", () => {
  test("is followed through imports between its files", async () => {
    const files = {
      "src/routes.ts":
        'import { Router } from "express";\nimport { orders } from "./orders.js";\nexport const r = Router();\nr.post("/o", orders.place);\n',
      "src/orders.ts":
        'import { prisma } from "./prisma.js";\nexport const orders = {\n  place: async (q) => prisma.order.create({ data: q.body }),\n};\n',
    };
    expect(await judge(files)).toMatchObject([
      { code: "sources/handler-not-idempotent", path: "src/routes.ts", line: 4 },
    ]);
    expect(await codes({ "src/routes.ts": files["src/routes.ts"] })).toEqual([]);
  });

  test("shares what one file does for all: a SIGTERM handler, a check of the environment", async () => {
    const files = {
      "server.ts": "import { app } from './app.js';\napp.listen(3000);\nuse(process.env.QUEUE_URL!);\n",
      "stop.ts": "process.on('SIGTERM', () => process.exit(0));\n",
      "env.ts": "import { z } from 'zod';\nexport const env = z.object({}).parse(process.env);\n",
    };
    expect(await codes(files)).toEqual([]);
    expect(await codes({ "server.ts": files["server.ts"] })).toEqual([
      "sources/no-graceful-stop",
      "sources/environment-assumed",
    ]);
  });

  test("counts columns in UTF-16 units, after emoji and a byte order mark too", async () => {
    const text = '\uFEFFconst 挨拶 = "😀"; export const f = () => fetch("https://x.example");\n';
    expect(await judge({ "a.ts": text })).toEqual([
      { code: "sources/outbound-without-timeout", path: "a.ts", line: 1, column: text.indexOf("fetch") + 1 },
    ]);
  });

  test("that nests too deeply is undecided and does not end the process", async () => {
    for (const text of [
      "[".repeat(9000) + "]".repeat(9000),
      "a?b:".repeat(9000),
      `x = ${"a + ".repeat(200_000)}a`,
    ]) {
      const { findings } = await judgeSources([{ path: "a.js", text }], sourcesSettings.parse({}));
      expect(verdictOf(findings)).toBe("inconclusive");
    }
  });

  test("leaves tests, types and builds aside, and of scripts reads only what they log", async () => {
    const paths = [
      "src/a.ts",
      "src/a.test.ts",
      "src/a.d.ts",
      "tests/b.ts",
      "dist/a.js",
      "src/testing-db.ts",
      "README.md",
    ];
    expect(recognizeSources({ paths })).toEqual(["src/a.ts"]);
    const text = "fetch('https://x.example');\nconsole.log(password);\n";
    expect(await codes({ "scripts/a.mjs": text })).toEqual(["sources/secret-in-log"]);
    expect(await codes({ "src/a.test.ts": text })).toEqual([]);
  });
});
