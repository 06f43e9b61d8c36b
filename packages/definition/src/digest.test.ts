import { expect, it } from "vitest";
import { defineOperations } from "./define.ts";
import { digest, digestOf } from "./digest.ts";
import { example, said } from "./example.ts";
import type { Operations } from "./model.ts";
import { proof } from "./register.ts";
import { minutes } from "./units.ts";

const base = () => {
  const { input, promised } = example();
  return defineOperations({ ...input, proofs: [proof("session.idle", { proves: promised.idle })] });
};

/** The same data with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

it("is the same whatever the order of the keys", () => {
  expect(JSON.stringify(reversed(base()))).not.toBe(JSON.stringify(base()));
  expect(digest(reversed(base()) as Operations)).toBe(digest(base()));
  expect(digest(base())).toMatch(/^sha256:[0-9a-f]{64}$/);
});

it("does not tell a field that is undefined from one that is missing", () => {
  expect(digest({ ...base(), objectives: {} })).toBe(digest(base()));
  const { sessions: _, ...without } = base();
  expect(digest({ ...without, sessions: undefined })).toBe(digest(without));
});

it("changes with every value, and with the order of a list", () => {
  const digests = new Set([
    digest(base()),
    digest({ ...base(), sessions: { ...base().sessions!, idleTimeout: minutes(31) } }),
    digest({ ...base(), sessions: { ...base().sessions!, idleTimeout: minutes(30) } }),
    digest({ ...base(), title: { ...said } }),
    digest({ ...base(), registers: [{ ...base().registers[0]!, commitments: [] }] }),
    digest({
      ...base(),
      registers: base().registers.map((r) => ({ ...r, commitments: [...r.commitments].reverse() })),
    }),
  ]);
  expect(digests.size).toBe(6);
});

it("of a part changes with that part alone", () => {
  const other = { ...base(), sessions: { ...base().sessions!, idleTimeout: minutes(31) } };
  expect(digestOf(other, "sessions")).not.toBe(digestOf(base(), "sessions"));
  expect(digestOf(other, "sessions.idleTimeout.ms")).not.toBe(digestOf(base(), "sessions.idleTimeout.ms"));
  expect(digestOf(other, "rollouts.standard")).toBe(digestOf(base(), "rollouts.standard"));
});

it.each([
  "rollouts.standard",
  "services.web.environment.CORE_URL",
  "commitments.EX-001",
  "registers.EX",
  "registers.EX.commitments.EX-001.value",
  "proofs.session.idle:EX-001",
  "system",
])("finds %s", (path) => {
  expect(digestOf(base(), path)).toMatch(/^sha256:/);
});

it.each([
  "",
  "rollouts.other",
  "commitments.EX-999",
  "proofs.other",
  "system.length",
  "toString",
  "services.constructor",
])("has no digest for “%s”", (path) => {
  expect(digestOf(base(), path)).toBeNull();
});

it("finds a commitment whatever its register", () => {
  expect(digestOf(base(), "commitments.EX-001")).toBe(digestOf(base(), "registers.EX.commitments.EX-001"));
});
