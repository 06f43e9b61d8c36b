import { type Directory, type Person, type Rank, rankOf } from "./directory.ts";
import type { Category, Role, RouteStep } from "./model.ts";

type Rule = { role: Role; categories: "any" | readonly Category[]; fromYen: number };

/** Who has to approve what, in the order of their signatures. */
export const APPROVAL_RULES: readonly Rule[] = [
  { role: "manager", categories: "any", fromYen: 0 },
  { role: "head", categories: "any", fromYen: 100_000 },
  { role: "legal", categories: ["contract"], fromYen: 0 },
  { role: "hr", categories: ["hiring"], fromYen: 0 },
  { role: "finance", categories: ["purchase", "expense"], fromYen: 500_000 },
  { role: "executive", categories: "any", fromYen: 3_000_000 },
];

/** Duties of the line of command, lowest first. */
const LINE: readonly Role[] = ["manager", "head", "executive"];

/**
 * The duties that sign, before they are given to people. An applicant's own rank and those below do not
 * sign: the next one up does; executives sign for each other. Corporate departments have no manager, so their head signs from 0 yen.
 */
export function rolesFor(input: {
  category: Category;
  amountYen: number;
  applicantRank: Rank;
  hasManager: boolean;
}): Role[] {
  const lowest = Math.max(input.applicantRank, input.hasManager ? 0 : 1);
  const roles = APPROVAL_RULES.filter(
    (rule) =>
      input.amountYen >= rule.fromYen &&
      (rule.categories === "any" || rule.categories.includes(input.category)),
  ).map((rule) => rule.role);
  const signing = roles.filter(
    (role) => !LINE.includes(role) || role === "executive" || LINE.indexOf(role) >= lowest,
  );
  const first = LINE[lowest];
  const lineIsEmpty = !signing.some((role) => LINE.includes(role));
  if (lineIsEmpty && first !== undefined)
    return first === "executive" ? [...signing, first] : [first, ...signing];
  // Above the executive there is nobody: finance looks at what the executive applies for.
  if (signing.length === 0) return ["finance"];
  return signing;
}

/**
 * The route with a person for each step. Nobody signs an own request, and nobody signs twice.
 * `null` when a duty has nobody to perform it.
 */
export function planRoute(
  directory: Directory,
  applicant: Person,
  contents: { category: Category; amountYen: number },
): RouteStep[] | null {
  const department = directory.departments.find((d) => d.id === applicant.department);
  const roles = rolesFor({
    ...contents,
    applicantRank: rankOf(applicant),
    hasManager: department?.hasManager ?? true,
  });
  const steps: RouteStep[] = [];
  for (const role of roles) {
    const candidates = directory.people.filter(
      (person) =>
        person.roles.includes(role) &&
        ((role !== "manager" && role !== "head") || person.department === applicant.department),
    );
    if (candidates.length === 0) return null;
    const approver = candidates.find((person) => person.id !== applicant.id);
    if (!approver || steps.some((step) => step.approver.id === approver.id)) continue;
    steps.push({ role, approver: { id: approver.id, name: approver.name } });
  }
  if (steps.length > 0) return steps;
  const executive = directory.people.find((p) => p.roles.includes("executive") && p.id !== applicant.id);
  return executive ? [{ role: "executive", approver: { id: executive.id, name: executive.name } }] : null;
}
