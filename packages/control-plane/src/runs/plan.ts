import { createHash } from "node:crypto";
import type { Text } from "@toban/definition";
import { invalid, type Refusal } from "../platform/errors.ts";
import { canonicalJson, type Json } from "../platform/json.ts";
import type { EffectSpec, Phase, Plan, RunRecord, StepSpec } from "./types.ts";

export const NOTHING = "nothing";

/** JSON text that PostgreSQL can store: without NUL and without halves of surrogate pairs. */
export const storable = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) =>
    typeof inner === "string" ? inner.replace(/[\0\p{Surrogate}]/gu, "\ufffd") : inner,
  );

/** `sha256:` and the digest of the value's canonical JSON. */
export const digestOf = (value: unknown) =>
  `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`;

export const effectKey = (run: { id: string }, phase: Phase, index: number) => `${run.id}:${phase}:${index}`;

/** The effect that the run is at; undefined past the last step or where there is nothing to undo. */
export function effectAt(run: Pick<RunRecord, "plan" | "phase" | "position">): EffectSpec | undefined {
  const step = run.plan.steps[run.position];
  return run.phase === "do" ? step : step?.compensate;
}

/** Outputs of finished steps by index, null where there is none. */
export function outputsOf(run: Pick<RunRecord, "plan" | "steps">): Json[] {
  const outputs: Json[] = run.plan.steps.map(() => null);
  for (const step of run.steps) if (step.phase === "do") outputs[step.index] = step.output;
  return outputs;
}

type Reference = (path: (string | number)[]) => Json | undefined;

/** The same for the dry run, for the approver and for the action: references replaced, the missing ones named. */
export function renderInput(run: RunRecord): { input: Json; missing: string[] } {
  const outputs = outputsOf(run);
  return render(effectAt(run)?.input ?? null, ([name, ...path]) => {
    let value: Json | undefined = outputs[run.plan.steps.findIndex((step) => step.name === name)];
    for (const key of path) {
      const holds = value !== null && typeof value === "object" && Object.hasOwn(value, key);
      value = holds ? (value as Record<string, Json>)[key] : undefined;
    }
    return value;
  });
}

function render(input: Json, lookUp: Reference): { input: Json; missing: string[] } {
  const missing: string[] = [];
  const walk = (value: Json): Json => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(walk);
    const path = value.$output;
    if (Array.isArray(path) && Object.keys(value).length === 1) {
      const found = lookUp(path as (string | number)[]);
      if (found === undefined) missing.push(path.join("/"));
      return found === undefined ? value : found;
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return { input: walk(input), missing };
}

/** What is wrong with the plan itself; empty when it can be started. */
export function planProblems(plan: Plan): Refusal[] {
  const problems: Refusal[] = [];
  const say = (code: string, reason: string, remedy: string) => problems.push({ code, reason, remedy });
  if (plan.steps.length === 0) say("plan_empty", "The plan has no step.", "Give the plan at least one step.");
  plan.steps.forEach((step, index) => {
    const earlier = plan.steps.slice(0, index).map((s) => s.name);
    if (earlier.includes(step.name)) {
      say("step_name_twice", `Two steps are named ${step.name}.`, "Give each step a name of its own.");
    }
    for (const [effect, known] of [
      [step, earlier],
      [step.compensate, [...earlier, step.name]],
    ] as const) {
      if (!effect) continue;
      if (!(effect.timeoutMs > 0)) {
        say("step_without_timeout", `Step ${step.name} has no timeout.`, "Give it a timeoutMs above 0.");
      }
      const { missing } = render(effect.input, ([name]) => (known.includes(String(name)) ? null : undefined));
      for (const path of missing) {
        const reason = `Step ${step.name} refers to the output of ${path}, which no earlier step gives.`;
        say("output_reference_stale", reason, "Refer to a step that comes before.");
      }
    }
    const { wait } = step;
    const amount =
      wait?.kind === "timer" ? wait.ms : wait?.kind === "approval" ? wait.approvers : wait?.timeoutMs;
    if (amount !== undefined && !(amount >= (wait?.kind === "timer" ? 0 : 1))) {
      say(
        "wait_without_amount",
        `The wait of step ${step.name} has no valid amount.`,
        "Use a positive number.",
      );
    }
  });
  return problems;
}

export function assertPlan(plan: Plan): void {
  const [problem] = planProblems(plan);
  if (problem) throw invalid(problem.code, problem.reason, problem.remedy);
}

export type DryRun = {
  planHash: string;
  title: Text;
  target: string | null;
  /** Inputs are rendered as far as they are known before the run: references to outputs stand as they are. */
  steps: (StepSpec & {
    index: number;
    effectKey: string;
    /** How many distinct persons have to approve, and who may not be one of them. */
    approvers: { count: number; except: string | null } | null;
  })[];
  /** Unknown actions, stale references and whatever else would stop the run. Empty: it can start. */
  problems: Refusal[];
};

/** Shows what a run of this plan would do. Pure: calls no action, writes nothing. */
export function dryRun(plan: Plan, actions: Record<string, unknown>, requestedBy?: string): DryRun {
  const steps = plan.steps.map((step, index) => {
    const { wait } = step;
    const approvers =
      wait?.kind === "approval" ? { count: wait.approvers, except: requestedBy ?? null } : null;
    return { ...step, index, effectKey: effectKey({ id: "run" }, "do", index), approvers };
  });
  const named = plan.steps.flatMap((step) =>
    [step.action, step.compensate?.action ?? NOTHING].map((action) => ({ step, action })),
  );
  const unknown = named
    .filter(({ action }) => action !== NOTHING && !Object.hasOwn(actions, action))
    .map(({ step, action }) => ({
      code: "action_unknown",
      reason: `Step ${step.name} names the action ${action}, which does not exist.`,
      remedy: `Use one of: ${[NOTHING, ...Object.keys(actions)].sort().join(", ")}.`,
    }));
  const problems = [...planProblems(plan), ...unknown];
  return { planHash: digestOf(plan), title: plan.title, target: plan.target, steps, problems };
}
