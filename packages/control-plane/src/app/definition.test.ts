import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { loadDefinition, readDefinition } from "./definition.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "toban-definition-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<string> {
  const target = path.join(folder, name);
  await writeFile(target, content);
  return target;
}

describe("a definition file", () => {
  it("of RingiFlow has no errors and all 158 commitments of its document", async () => {
    const { operations, findings } = await loadDefinition(readConfig({}).definition);
    expect(findings.filter((finding) => finding.severity === "error")).toEqual([]);
    expect(operations.registers[0]?.commitments).toHaveLength(158);
  });

  it("anywhere on the machine may import the builders; its errors name path and remedy", async () => {
    const broken = await file(
      "broken.ts",
      `import { count, defineOperations, text } from "@toban/definition";
       const t = text("Shop", "店");
       export default defineOperations({ system: "shop", title: t, registers: [], environments: {}, rollouts: {},
         services: { web: { title: t, exposure: "public", rollout: "nowhere", instances: count(1), environment: {},
                            dependsOn: ["nobody"] } } } as never);`,
    );
    const { findings } = await readDefinition(broken);
    const errors = findings.filter((finding) => finding.severity === "error");
    expect(errors.map((finding) => finding.path)).toEqual(
      expect.arrayContaining([expect.stringContaining("services.web")]),
    );
    for (const error of errors) expect(error.remedy).not.toBe("");
    await expect(loadDefinition(broken)).rejects.toMatchObject({ code: "definition_invalid" });
  });

  it("that is missing, or is not TypeScript, is refused with the reason", async () => {
    await expect(readDefinition(path.join(folder, "none.ts"))).rejects.toMatchObject({
      code: "definition_missing",
    });
    const garbage = await file("garbage.ts", "export default {{");
    await expect(readDefinition(garbage)).rejects.toMatchObject({ code: "definition_unreadable" });
    const empty = await file("empty.ts", "export default {}");
    expect((await readDefinition(empty)).findings.length).toBeGreaterThan(0);
  });
});

describe("settings", () => {
  it("have defaults, and a port that is no port is refused by name", () => {
    expect(readConfig({})).toMatchObject({ port: 7100, edgePort: 7180, environment: "production" });
    expect(readConfig({ TOBAN_PORT: "8000" }).port).toBe(8000);
    for (const bad of ["x", "-1", "70000", "1.5"]) {
      expect(() => readConfig({ TOBAN_PORT: bad })).toThrow(/setting_invalid: TOBAN_PORT/);
    }
  });
});
