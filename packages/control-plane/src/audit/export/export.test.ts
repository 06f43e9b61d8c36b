import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { bundleWriter, commitTo, verifyBundle } from "@toban/verify";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../platform/ctx.ts";
import { createTestDatabase, TEST_POSTGRES, type TestDatabase, testCtx } from "../../platform/testing.ts";
import { anchorTree, plantTree, testKeys } from "../verification/testing/trees.ts";
import { exportBundle } from "./export.ts";
import type { ExportRequest } from "./ranges.ts";

let t: TestDatabase;
let superuser: pg.Client;
const salt = Buffer.alloc(32, 3);
const alice = commitTo("alice", salt);
const SIZE = 5 * 256 + 70;
/** What `plantTree` gives its events: one each millisecond. */
const TIME = (index: number) => new Date(1_790_000_000_000 + index);

beforeAll(async () => {
  t = await createTestDatabase();
  const url = new URL(process.env[TEST_POSTGRES]!);
  url.pathname = new URL(t.ownerUrl).pathname;
  superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
  const early = await plantTree(superuser, { tenant: "acme", class: "admin", count: 700 });
  await anchorTree(superuser, "acme", "admin", early, new Date());
  await plantTree(superuser, { tenant: "acme", class: "admin", count: SIZE - 700, from: early });
  await plantTree(superuser, {
    tenant: "acme",
    class: "auth",
    count: 300,
    shape: { resource: `person/${alice}` },
  });
  await superuser.query(
    `INSERT INTO toban.audit_personal (tenant_id, commitment, kind, subject, value, salt, created_at)
     VALUES ('acme', $1, 'person', 'alice', 'alice', $2, now())`,
    [alice, salt],
  );
});
afterAll(async () => {
  await superuser.end();
  await t.close();
});

async function exported(request: ExportRequest, ctx: Ctx = t.ctx): Promise<Buffer> {
  const { chunks } = await exportBundle({ db: t.db, keys: testKeys, sealingMs: 0 }, ctx, request);
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
const verified = (bundle: Buffer) => verifyBundle([bundle], { pinned: testKeys.verifiers() });

describe("export", () => {
  it("everything of a tenant is a complete bundle that holds, with its anchors", async () => {
    const bundle = await exported({});
    const report = await verified(bundle);
    expect(report.verdict).toBe("valid");
    expect(report.header?.complete).toBe(true);
    expect(report.sections.map((s) => [s.class, s.start, s.end])).toEqual([
      ["admin", 0, SIZE],
      ["auth", 0, 300],
    ]);
    expect(report.sections[0]!.anchors.linked).toBe(1);
    const altered = Buffer.from(bundle);
    altered[altered.indexOf('"seq":400') + 60]! ^= 1;
    expect((await verified(altered)).verdict).toBe("invalid");
    expect((await verified(bundle.subarray(0, bundle.length - 300))).verdict).not.toBe("valid");
  });

  it("a period is the smallest range that holds its events, a range may begin and end anywhere", async () => {
    const period = await verified(await exported({ class: "admin", from: TIME(300), to: TIME(311) }));
    expect(period.sections.map((s) => [s.start, s.end])).toEqual([[300, 311]]);
    expect(period.verdict).toBe("valid");
    const range = await verified(await exported({ class: "admin", start: 255, end: 1027 }));
    expect(range.sections.map((s) => [s.start, s.end])).toEqual([[255, 1027]]);
    expect(range.verdict).toBe("valid");
  });

  it("an event that was sealed late is in its period, with everything around it", async () => {
    const ctx = testCtx({ tenant: "late" });
    await plantTree(superuser, { tenant: "late", class: "access", count: 40 });
    // Recorded long before its neighbours; columns only, as the period is looked up by them.
    await superuser.query(
      "UPDATE toban.audit_events SET ts_us = ts_us - 30000 WHERE tenant_id = 'late' AND id = 'access-000000035'",
    );
    const { sections } = await verified(await exported({ from: TIME(4), to: TIME(7) }, ctx));
    expect(sections.map((s) => [s.start, s.end])).toEqual([[4, 36]]);
  });

  it("refuses ranges that are none, and periods without events", async () => {
    await expect(exported({ start: 1 })).rejects.toThrow(/audit_range_invalid/);
    await expect(exported({ class: "admin", start: 0, end: 100_000 })).rejects.toThrow(/audit_range_invalid/);
    await expect(exported({ from: TIME(1_000_000) })).rejects.toThrow(/audit_nothing_to_export/);
  });

  it("personal values leave only when they are asked for, with what proves them", async () => {
    const hidden = await exported({ class: "auth" });
    expect(hidden.includes("alice")).toBe(false);
    const shown = await exported({ class: "auth", reveal: true });
    expect(shown.includes('"value":"alice"')).toBe(true);
    const report = await verified(shown);
    expect(report.verdict).toBe("valid");
    expect(report.sections[0]!.reveals).toBe(300);
  });

  it("is recorded before its first byte, and its size after the last", async () => {
    const ctx = testCtx({ correlationId: "an-export-of-its-own" });
    const { chunks } = await exportBundle({ db: t.db, keys: testKeys, sealingMs: 0 }, ctx, {
      class: "auth",
      reveal: true,
    });
    const events = async () =>
      (
        await superuser.query(
          "SELECT action, details FROM toban.audit_events WHERE correlation_id = $1 ORDER BY ts_us, id",
          [ctx.correlationId],
        )
      ).rows;
    expect(await events()).toMatchObject([
      {
        action: "audit.export",
        details: { class: "auth", from: 0, to: 300, revealed: true, state: "started" },
      },
      { action: "audit.reveal", details: { events: 300 } },
    ]);
    let bytes = 0;
    for await (const chunk of chunks) bytes += chunk.length;
    expect((await events()).at(-1)).toMatchObject({
      action: "audit.export",
      details: { state: "ended", bytes },
    });
  });

  it("another tenant's events are in nobody's export", async () => {
    await expect(exported({}, testCtx({ tenant: "globex" }))).rejects.toThrow(/audit_nothing_to_export/);
  });

  it("a leaf that is missing breaks the bundle off: what was sent does not verify", async () => {
    const ctx = testCtx({ tenant: "holed" });
    await plantTree(superuser, { tenant: "holed", class: "admin", count: 4 * 2048 });
    await superuser.query("DELETE FROM toban.audit_leaves WHERE tenant_id = 'holed' AND seq = 5000");
    const { chunks } = await exportBundle({ db: t.db, keys: testKeys, sealingMs: 0 }, ctx, {});
    const sent: Buffer[] = [];
    await expect(
      (async () => {
        for await (const chunk of chunks) sent.push(chunk);
      })(),
    ).rejects.toThrow(/leaf 5001/);
    expect((await verified(Buffer.concat(sent))).verdict).toBe("incomplete");
  });

  it("a reader that is slow or goes away stops the reading from the database", async () => {
    let read = 0;
    async function* leaves() {
      for (let seq = 0; seq < 100_000; seq++) {
        read++;
        yield { seq, leaf: `{"n":"${"x".repeat(500)}${seq}"}` };
      }
    }
    // The same writer and the same stream as the route, with a source that counts.
    const header = { installation: "i", tenant: "t", exportedAt: "2026-01-01T00:00:00Z", complete: true };
    const section = {
      class: "admin",
      start: 0,
      end: 100_000,
      size: 100_000,
      checkpoint: "",
      left: [],
      right: [],
      anchors: [],
    };
    const server = createServer((_, response) => {
      const input = {
        header: { ...header, verifiers: [], certificates: [], classes: ["admin"] },
        sections: [{ ...section, leaves: leaves() }],
      };
      Readable.from(bundleWriter(input), { objectMode: false }).pipe(response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    const [response] = await once(request, "response");
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const stalled = read;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(read).toBe(stalled);
    expect(read).toBeLessThan(100_000);
    response.destroy();
    server.close();
    server.closeAllConnections();
  });
});
