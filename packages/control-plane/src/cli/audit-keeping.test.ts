import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { verifyBundle } from "@toban/verify";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { serveApi } from "../app/testing.ts";
import { fullTask, record } from "../audit/index.ts";
import { asSuperuser, createScene, type Scene, sealUp, taskCtx } from "../audit/log/testing/scene.ts";
import { noMetrics } from "../platform/metrics.ts";
import { openSecrets } from "../platform/secrets.ts";
import { createTestDatabase, type TestDatabase, testCtx } from "../platform/testing.ts";
import { auditCommand } from "./audit.ts";

let t: TestDatabase;
let scene: Scene;
let api: Awaited<ReturnType<typeof serveApi>>;
let working: NodeJS.Timeout;
let folder: string;
const EVENTS = 300;

beforeAll(async () => {
  t = await createTestDatabase();
  scene = await createScene(t.db);
  folder = await mkdtemp(path.join(tmpdir(), "toban-export-"));
  await (await openSecrets(folder)).set("cli-token", "cli");
  const log = await scene.open();
  const deps = {
    ...{ db: t.db, databaseUrl: t.appUrl, keys: log.keys, sinks: log.sinks, metrics: noMetrics },
    tenants: async () => [t.ctx.tenant],
    ctxFor: (tenant: string) => taskCtx(tenant),
  };
  api = await serveApi(t, { audit: { ...deps, log } });
  const alice = testCtx({ actor: { kind: "person", id: "alice" }, sourceIp: "192.0.2.7" });
  await t.db.tx(alice, async (tx) => {
    for (let n = 0; n < EVENTS; n++) {
      await record(tx, alice, { action: "run.resume", resource: `run/${n}`, result: "success" });
    }
  });
  const task = fullTask(deps);
  const work = async () => {
    await sealUp(log, t.ctx);
    await task.run();
  };
  working = setInterval(() => work().catch(() => {}), 200);
});
afterAll(async () => {
  clearInterval(working);
  await api.server.close();
  await scene.close();
  await t.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
});

async function toban(...args: string[]) {
  vi.stubEnv("TOBAN_HOME", folder);
  vi.stubEnv("TOBAN_PORT", String(api.port));
  const out: string[] = [];
  const err: string[] = [];
  const into = (lines: string[]) => (text: string | Uint8Array) => lines.push(String(text)) > 0;
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(into(out));
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation(into(err));
  process.exitCode = undefined;
  try {
    await auditCommand().parseAsync(args, { from: "user" });
    return { out: out.join(""), err: err.join(""), exit: process.exitCode ?? 0 };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
const at = (name: string) => path.join(folder, name);

describe("toban audit export", () => {
  it("writes a file that only its owner reads, and that holds", async () => {
    const { out } = await toban("export", "--out", at("all.jsonl"));
    expect(out).toMatch(/operation\s+0…299\s+300 events/);
    expect(out).toContain(`toban-verify ${at("all.jsonl")}`);
    expect((await stat(at("all.jsonl"))).mode & 0o777).toBe(0o600);
    const bundle = await readFile(at("all.jsonl"));
    expect((await verifyBundle([bundle])).verdict).toBe("valid");
    expect(bundle.includes("alice") || bundle.includes("192.0.2.7")).toBe(false);
  });

  it("reveals persons and addresses when it is asked to", async () => {
    await toban("export", "--class", "operation", "--reveal", "--out", at("shown.jsonl"));
    const bundle = await readFile(at("shown.jsonl"));
    expect(bundle.includes('"value":"alice"') && bundle.includes('"value":"192.0.2.7"')).toBe(true);
    expect((await verifyBundle([bundle])).verdict).toBe("valid");
  });

  it("never replaces a file unless it is told to", async () => {
    await writeFile(at("mine"), "mine");
    await expect(toban("export", "--out", at("mine"))).rejects.toThrow(/file_exists/);
    expect(await readFile(at("mine"), "utf8")).toBe("mine");
    await toban("export", "--force", "--out", at("mine"));
    expect((await verifyBundle([await readFile(at("mine"))])).verdict).toBe("valid");
  });

  it("keeps nothing of an export that breaks off or does not hold", async () => {
    const alter = (sql: string) =>
      asSuperuser(t, (client) =>
        client.query(`UPDATE toban.audit_leaves SET ${sql} WHERE class = 'operation' AND seq = 200`),
      );
    await alter("leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1)");
    await expect(toban("export", "--out", at("altered.jsonl"))).rejects.toThrow(/audit_export_refused/);
    await alter("leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1)");
    await expect(stat(at("altered.jsonl"))).rejects.toThrow(/ENOENT/);
    await toban("export", "--out", at("altered.jsonl"));
  });

  it("says what it refuses", async () => {
    await expect(toban("export", "--start", "3", "--out", at("x"))).rejects.toThrow(/audit_range_invalid/);
    await expect(toban("export", "--from", "2031-01-01T00:00:00Z", "--out", at("x"))).rejects.toThrow(
      /audit_nothing_to_export/,
    );
  });
});

describe("toban audit verify", () => {
  it("ends with 0 and the figures when everything holds, with 1 and the place when something does not", async () => {
    const whole = await toban("verify", "--full");
    expect(whole.out).toMatch(/\d+ events in 2 trees, [\d.]+ s, \d+ events\/s: everything holds/);
    expect(whole.exit).toBe(0);
    expect((await toban("verify")).exit).toBe(0);
    const alter = (result: string) =>
      asSuperuser(t, (client) =>
        client.query("UPDATE toban.audit_events SET result = $1 WHERE resource = 'run/17'", [result]),
      );
    await alter("denied");
    const broken = await toban("verify", "--full");
    expect(broken.out).toMatch(/acme\s+operation\s+17\s+audit_columns_changed/);
    expect(broken.exit).toBe(1);
    expect((await toban("verify", "--json")).exit).toBe(1);
    await alter("success");
    expect(JSON.parse((await toban("verify", "--full", "--json")).out)).toMatchObject({
      failures: [],
      refusal: null,
    });
    expect((await toban("verify")).exit).toBe(0);
  });

  it("ends with 2 when it could not find out", async () => {
    vi.stubEnv("TOBAN_HOME", path.join(folder, "nothing"));
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    await auditCommand().parseAsync(["verify"], { from: "user" });
    stderr.mockRestore();
    expect(process.exitCode).toBe(2);
  });
});

describe("toban audit hold", () => {
  it("opens a hold, lists it, releases it, once", async () => {
    const { out } = await toban("hold", "--reason", "a case", "--incident", "inc-9");
    const id = out.split(" ")[0]!;
    expect((await toban("holds")).out).toMatch(new RegExp(`${id}\\s+open .*inc-9\\s+a case`));
    await toban("release", id, "--reason", "closed");
    expect((await toban("holds")).out).toMatch(/released/);
    await expect(toban("release", id, "--reason", "again")).rejects.toThrow(/audit_hold_released/);
    await expect(toban("release", "nothing", "--reason", "x")).rejects.toThrow(/audit_hold_not_found/);
  });
});
