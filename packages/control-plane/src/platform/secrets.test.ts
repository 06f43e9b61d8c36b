import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSecrets } from "./secrets.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "toban-secrets-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe("secrets", () => {
  it("are generated once, kept, and readable by their owner only", async () => {
    const secrets = await openSecrets(home);
    const token = await secrets.ensure("token");
    expect(token).toHaveLength(43);
    expect(await (await openSecrets(home)).ensure("token")).toBe(token);
    expect((await stat(path.join(home, "secrets.json"))).mode & 0o777).toBe(0o600);
  });

  it("that another process sets are seen at once and not overwritten", async () => {
    const [one, other] = [await openSecrets(home), await openSecrets(home)];
    await other.set("webhook", "https://example.com");
    expect(one.get("webhook")).toBe("https://example.com");
    await one.set("mine", "1");
    expect(other.get("webhook")).toBe("https://example.com");
  });

  it("in a damaged file are refused, and the file stays as it is", async () => {
    const file = path.join(home, "secrets.json");
    await writeFile(file, "{ half");
    await expect(openSecrets(home)).rejects.toMatchObject({ code: "secrets_unreadable" });
    expect(await readFile(file, "utf8")).toBe("{ half");
  });
});
