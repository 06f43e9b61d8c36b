import { describe, expect, test } from "vitest";
import { DIRECTORIES, type Person, rankOf } from "./directory.ts";
import type { Category, Role } from "./model.ts";
import { planRoute, rolesFor } from "./route.ts";

const staff = { applicantRank: 0 as const, hasManager: true };
const directory = DIRECTORIES[0]!;
const person = (id: string): Person => directory.people.find((p) => p.id === id)!;

describe("the approval route", () => {
  const table: [Category, number, Role[]][] = [
    ["other", 0, ["manager"]],
    ["other", 99_999, ["manager"]],
    ["other", 100_000, ["manager", "head"]],
    ["other", 100_001, ["manager", "head"]],
    ["other", 500_000, ["manager", "head"]],
    ["other", 2_999_999, ["manager", "head"]],
    ["other", 3_000_000, ["manager", "head", "executive"]],
    ["purchase", 499_999, ["manager", "head"]],
    ["purchase", 500_000, ["manager", "head", "finance"]],
    ["purchase", 500_001, ["manager", "head", "finance"]],
    ["purchase", 2_999_999, ["manager", "head", "finance"]],
    ["purchase", 3_000_000, ["manager", "head", "finance", "executive"]],
    ["expense", 99_999, ["manager"]],
    ["expense", 499_999, ["manager", "head"]],
    ["expense", 500_000, ["manager", "head", "finance"]],
    ["contract", 0, ["manager", "legal"]],
    ["contract", 100_000, ["manager", "head", "legal"]],
    ["contract", 3_000_000, ["manager", "head", "legal", "executive"]],
    ["hiring", 0, ["manager", "hr"]],
    ["hiring", 3_000_000, ["manager", "head", "hr", "executive"]],
  ];
  test.each(table)("of %s for %i yen is %j", (category, amountYen, roles) => {
    expect(rolesFor({ category, amountYen, ...staff })).toEqual(roles);
  });

  test("goes one rank up for managers, heads and executives", () => {
    const small = { category: "other" as const, amountYen: 50_000, hasManager: true };
    expect(rolesFor({ ...small, applicantRank: 1 })).toEqual(["head"]);
    expect(rolesFor({ ...small, applicantRank: 2 })).toEqual(["executive"]);
    expect(rolesFor({ ...small, applicantRank: 3 })).toEqual(["finance"]);
  });

  test("starts at the head in a department without a manager", () => {
    expect(rolesFor({ category: "other", amountYen: 1, applicantRank: 0, hasManager: false })).toEqual([
      "head",
    ]);
  });

  test("names the applicant's own manager and head", () => {
    const sales = planRoute(directory, person("aozora-01"), { category: "purchase", amountYen: 600_000 });
    const development = planRoute(directory, person("aozora-05"), { category: "other", amountYen: 100_000 });
    expect(sales?.map((step) => step.approver.id)).toEqual(["aozora-03", "aozora-04", "aozora-10"]);
    expect(development?.map((step) => step.approver.id)).toEqual(["aozora-07", "aozora-08"]);
  });

  test("is null where nobody has a duty", () => {
    const people = directory.people.filter((p) => !p.roles.includes("legal"));
    const contents = { category: "contract" as const, amountYen: 1 };
    expect(planRoute({ ...directory, people }, person("aozora-01"), contents)).toBeNull();
  });

  test("never contains the applicant, never one person twice, and is never empty", () => {
    for (const company of DIRECTORIES) {
      for (const applicant of company.people) {
        for (const [category, amountYen] of table) {
          const route = planRoute(company, applicant, { category, amountYen });
          const approvers = route!.map((step) => step.approver.id);
          expect(approvers.length, `${applicant.id} ${category} ${amountYen}`).toBeGreaterThan(0);
          expect(approvers).not.toContain(applicant.id);
          expect(new Set(approvers).size).toBe(approvers.length);
        }
      }
    }
  });
});

test("every company has applicants, managers, heads, finance and executives, with ids of its own", () => {
  const ids = DIRECTORIES.flatMap((company) => company.people.map((p) => p.id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const company of DIRECTORIES) {
    const roles = new Set(company.people.flatMap((p) => p.roles));
    expect(roles).toEqual(new Set(["manager", "head", "finance", "legal", "hr", "executive"]));
    expect(company.people.some((p) => rankOf(p) === 0)).toBe(true);
    expect(company.people.every((p) => p.name)).toBe(true);
  }
});
