import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { provisionOwnTenant } from "../access/index.ts";
import { serveApi } from "../app/testing.ts";
import { openSecrets } from "../platform/secrets.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing.ts";
import { peopleCommand } from "./people.ts";
import { tenantsCommand } from "./tenants.ts";

let t: TestDatabase;
let api: Awaited<ReturnType<typeof serveApi>>;
let home: string;
beforeAll(async () => {
  t = await createTestDatabase();
  await provisionOwnTenant(t.db, t.ctx, "Own");
  home = await mkdtemp(path.join(tmpdir(), "toban-tenants-"));
  const secrets = await openSecrets(home);
  api = await serveApi(t, { cliToken: await secrets.ensure("cli-token") });
});
afterAll(async () => {
  await api.server.close();
  await t.close();
  await rm(home, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

async function toban(command: Command, ...given: string[]): Promise<string> {
  vi.stubEnv("TOBAN_HOME", home);
  vi.stubEnv("TOBAN_PORT", `${api.port}`);
  let out = "";
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await command.parseAsync(given, { from: "user" });
  } finally {
    stdout.mockRestore();
  }
  return out;
}
const tenants = (...given: string[]) => toban(tenantsCommand(), ...given);
const people = (...given: string[]) => toban(peopleCommand(), ...given);
const create = () => tenants("create", "beta", "Beta Ltd", "--administrator", "alice");

test("a tenant is created once, suspended, resumed, deleted and brought back", async () => {
  expect(await create()).toBe("beta is active\n");
  expect(await create()).toBe("beta is active\n");
  for (const [verb, state] of [
    ["suspend", "suspended"],
    ["resume", "active"],
    ["delete", "deleted"],
    ["undelete", "active"],
  ] as const) {
    expect(await tenants(verb, "beta")).toBe(`beta is ${state}\n`);
  }
  expect(await tenants()).toMatch(/^beta +active +Beta Ltd/m);
  await expect(tenants("delete", "acme")).rejects.toMatchObject({ kind: "conflict", code: "own_tenant" });
});

test("people of another tenant, by an option or by the environment", async () => {
  await create();
  expect(await people("add", "bob", "3", "--tenant", "beta", "--name", "Bob")).toBe("bob has level 3\n");
  vi.stubEnv("TOBAN_ACT_AS_TENANT", "beta");
  expect(await people("role", "bob", "4")).toBe("bob has level 4\n");
  expect(await people("list")).toMatch(/^bob +4 +root +Bob/m);
  vi.unstubAllEnvs();
  expect(await people("list")).not.toContain("bob");
  expect(await people("remove", "bob", "--tenant", "beta")).toBe("bob is removed\n");
  expect(await people("list", "--tenant", "beta")).not.toContain("bob");
  await expect(people("role", "alice", "2", "--tenant", "beta")).rejects.toMatchObject({
    code: "last_administrator",
  });
  await expect(people("add", "eve", "7")).rejects.toMatchObject({ code: "level_invalid" });
  await expect(people("list", "--tenant", "nobody")).rejects.toMatchObject({ code: "tenant_refused" });
});
