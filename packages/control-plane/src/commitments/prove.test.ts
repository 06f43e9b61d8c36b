import { count, defineOperations, minutes, proof, register } from "@toban/definition";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { search } from "../audit/index.ts";
import { unavailable } from "../platform/errors.ts";
import { createTestDatabase, type TestDatabase, testClock } from "../platform/testing.ts";
import { fail, type ProofKind, pass } from "./proof-kind.ts";
import { provingTask } from "./prove.task.ts";
import { type ProveDeps, prove } from "./prove.ts";
import { commitmentsView } from "./view.ts";

let t: TestDatabase;
beforeAll(async () => {
  t = await createTestDatabase();
});
afterAll(() => t.close());

type System = { copies: number | Error };
const text = (en: string) => ({ en, ja: en });

const copies: ProofKind<System, number> = {
  kind: "copies",
  async measure(system) {
    if (system.copies instanceof Error) throw system.copies;
    return system.copies;
  },
  judge: (measured, commitment) =>
    commitment.value.kind === "count" && measured >= commitment.value.count
      ? pass(`${measured} copies`, text("enough"))
      : fail("too_few", `${measured} copies`, text("too few"), text("add one")),
  mutants: () => ({ "no copy": 0 }),
};

function scenario(environment: string, system: System, kind = copies) {
  const r = register("T", { document: "d", section: "s" });
  const two = r.commitment("T-1", {
    says: text("two copies"),
    source: "1",
    value: count(2),
    comparator: "at-least",
  });
  r.commitment("T-2", { says: text("nobody proves me"), source: "1", value: count(1) });
  const operations = defineOperations({
    system: "t",
    title: text("t"),
    registers: [r],
    services: {},
    environments: {},
    rollouts: {},
    proofs: [proof("copies", { proves: two, expiresAfter: minutes(10), dependsOn: ["release:web"] })],
  });
  let release = "sha256:1";
  const clock = testClock();
  const deps: ProveDeps<System> = {
    db: t.db,
    operations,
    environment,
    system,
    kinds: { copies: kind },
    outsideDependencies: async () => ({ "release:web": release }),
    version: "1",
  };
  const ctx = { ...t.ctx, clock };
  const state = async (id: string) =>
    (await commitmentsView(deps, ctx)).commitments.find((row) => row.id === id)?.state;
  return { deps, ctx, clock, state, deployAnother: () => (release = "sha256:2") };
}

describe("proving", () => {
  it("a measured pass is proven until it expires or the release changes; the rest stays unproven", async () => {
    const s = scenario("a", { copies: 2 });
    expect(await s.state("T-1")).toBe("unproven");
    const [result] = await prove(s.deps, s.ctx, ["T-1"]);
    expect(result).toMatchObject({ commitment: "T-1", verdict: "pass", measured: "2 copies" });
    expect(await s.state("T-1")).toBe("proven");
    expect(await s.state("T-2")).toBe("unproven");
    s.clock.advance(10 * 60_000);
    expect(await s.state("T-1")).toBe("stale");
    await prove(s.deps, s.ctx);
    expect(await s.state("T-1")).toBe("proven");
    s.deployAnother();
    expect(await s.state("T-1")).toBe("stale");
    const audited = await t.db.tx(s.ctx, (tx) => search(tx, { action: "proof.run" }));
    expect(audited.length).toBe(2);
  });

  it("a measured fault is failing, with remedy", async () => {
    const s = scenario("b", { copies: 1 });
    await prove(s.deps, s.ctx);
    const view = await commitmentsView(s.deps, s.ctx);
    expect(view.counts).toEqual({ proven: 0, failing: 1, stale: 0, unproven: 1, accepted: 0 });
    expect(view.commitments[0]?.evidence).toMatchObject({
      verdict: "fail",
      code: "too_few",
      remedy: text("add one"),
    });
  });

  it("a system that cannot be measured is failing, not skipped", async () => {
    const s = scenario("c", { copies: unavailable("down", "nothing answers", "start it") });
    const [result] = await prove(s.deps, s.ctx);
    expect(result).toMatchObject({ verdict: "inconclusive" });
    expect(result?.reason.en).toContain("nothing answers");
    expect(await s.state("T-1")).toBe("failing");
  });

  it("a proof that cannot fail proves nothing", async () => {
    const blind = { ...copies, judge: () => pass("fine", text("always fine")) };
    const s = scenario("d", { copies: 0 }, blind);
    await prove({ ...s.deps, version: "blind" }, s.ctx);
    const view = await commitmentsView({ ...s.deps, version: "blind" }, s.ctx);
    expect(view.counts.proven).toBe(0);
    expect(view.counts.unproven).toBe(2);
  });

  it("an unknown id is not_found and a commitment without a proof says so", async () => {
    const s = scenario("e", { copies: 2 });
    await expect(prove(s.deps, s.ctx, ["T-9"])).rejects.toMatchObject({ code: "commitment_not_found" });
    await expect(prove(s.deps, s.ctx, ["T-2"])).rejects.toMatchObject({ code: "proof_missing" });
  });

  it("unattended, the first due proof runs once things have settled, and what cannot be measured stays unproven", async () => {
    const s = scenario("f", { copies: unavailable("down", "nothing answers", "start it") });
    const task = provingTask(s.deps, s.ctx, (work) => work());
    await task.run();
    expect(await s.state("T-1")).toBe("unproven");
    s.clock.advance(60_000);
    await task.run();
    expect(await s.state("T-1")).toBe("unproven");
    s.deps.system.copies = 2;
    await task.run();
    expect(await s.state("T-1")).toBe("unproven");
    s.clock.advance(10 * 60_000);
    await task.run();
    expect(await s.state("T-1")).toBe("proven");
  });

  it("a kind that disturbs the service is never run unattended", async () => {
    const s = scenario("g", { copies: 2 }, { ...copies, disturbs: true });
    const task = provingTask(s.deps, s.ctx, (work) => work());
    s.clock.advance(60_000);
    await task.run();
    expect(await s.state("T-1")).toBe("unproven");
  });
});
