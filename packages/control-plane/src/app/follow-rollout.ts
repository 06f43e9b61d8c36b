import type { Overview } from "../http/index.ts";
import { notFound } from "../platform/errors.ts";
import { type apiClient, ENDED, FOLLOW_MS, type RunView } from "./api-client.ts";

type Rollout = Overview["rollouts"][number];

/** Prints each step of a rollout as it is judged, until the rollout has ended; outlives a restart of the control plane. */
export async function followRollout(
  client: ReturnType<typeof apiClient>,
  runId: string,
  language: "en" | "ja",
  print: (line: string) => void,
): Promise<Rollout> {
  const shown = new Map<number, string>();
  for (;;) {
    const run = await client.get<RunView>(`/v1/runs/${runId}`, FOLLOW_MS);
    const { rollouts } = await client.get<Overview>("/v1/overview", FOLLOW_MS);
    const rollout = rollouts.find((candidate) => candidate.id === runId);
    if (!rollout)
      throw notFound("rollout_not_found", `There is no rollout ${runId}.`, "See `npx toban runs`.");
    for (const [index, step] of rollout.steps.entries()) {
      if (step.verdict === null) continue;
      const line = `  ${String(step.weight).padStart(3)} %  ${step.verdict}${step.reason ? `  ${step.reason[language]}` : ""}`;
      // While a step is observed its figures change each second; only a new verdict is news.
      if (shown.get(index) !== step.verdict) print(line);
      shown.set(index, step.verdict);
    }
    if (ENDED.has(run.state)) {
      print(`${rollout.service} ${rollout.version}: ${rollout.result ?? run.state}`);
      return rollout;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
