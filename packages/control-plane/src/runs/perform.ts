import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "../platform/ctx.ts";
import { refusalOf } from "../platform/errors.ts";
import type { Outcome } from "./decide.ts";
import { effectAt, effectKey, NOTHING, outputsOf, renderInput } from "./plan.ts";
import type { Action, RunRecord } from "./types.ts";

/** What an action may still answer after it was told to stop. */
const SETTLE_MS = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const withoutEffect = new WeakSet<object>();

/** Marks an error that an action throws: nothing has happened, so even a step that is not idempotent is tried again. */
export function notDone<E extends Error>(error: E): E {
  withoutEffect.add(error);
  return error;
}

/** Calls the action of the step that the run is at. "lost": the lease is. "stopped": the worker stops. */
export async function perform(
  { ctx, run, abort }: { ctx: Ctx; run: RunRecord; abort: AbortController },
  actions: Record<string, Action>,
): Promise<Outcome | "lost" | "stopped"> {
  const { timeoutMs } = effectAt(run)!;
  const timer = setTimeout(() => abort.abort("timeout"), Math.min(timeoutMs, LONGEST_TIMER_MS));
  const told = new Promise<"told">((resolve) => {
    abort.signal.addEventListener("abort", () => resolve("told"), { once: true });
  });
  const answer = call(ctx, run, actions, abort.signal);
  let outcome: Outcome | "told" = await Promise.race([answer, told]);
  clearTimeout(timer);
  const { aborted, reason } = abort.signal;
  if (!aborted && outcome !== "told") return outcome;
  if (reason === "lost") return "lost";
  // A definite answer is worth more than our own guess, so the action may still give one.
  if (outcome === "told") outcome = await Promise.race([answer, sleep(SETTLE_MS, "told" as const)]);
  const definite = outcome !== "told" && outcome.kind !== "unknown";
  if (outcome !== "told" && definite && !(outcome.kind === "unavailable" && !outcome.notDone)) return outcome;
  if (reason === "stopping") return "stopped";
  const name = run.plan.steps[run.position]?.name;
  const refusal = {
    code: "step_timeout",
    reason: `Step ${name} did not answer within ${timeoutMs} ms.`,
    remedy: "Look at what it waits for, or give the step more time.",
  };
  return { kind: "unknown", refusal };
}

async function call(
  ctx: Ctx,
  run: RunRecord,
  actions: Record<string, Action>,
  signal: AbortSignal,
): Promise<Outcome> {
  const name = effectAt(run)!.action;
  if (name === NOTHING) return { kind: "done", output: run.payload };
  if (!Object.hasOwn(actions, name)) {
    const reason = `There is no action ${name}.`;
    return {
      kind: "failed",
      refusal: { code: "action_unknown", reason, remedy: "Correct the step's action." },
    };
  }
  try {
    return await actions[name]!({
      ctx,
      runId: run.id,
      effectKey: effectKey(run, run.phase, run.position),
      fence: run.fence,
      input: renderInput(run).input,
      memo: run.memo,
      payload: run.payload,
      dryRun: false,
      signal,
      outputs: outputsOf(run),
    });
  } catch (error) {
    const { kind, ...refusal } = refusalOf(error);
    if (kind === "unavailable") return { kind, refusal, notDone: withoutEffect.has(error as object) };
    if (kind !== "bug") return { kind: "failed", refusal };
    if (!signal.aborted) ctx.log.error({ runId: run.id, action: name, error }, "action failed unexpectedly");
    return { kind: "unknown", refusal };
  }
}
