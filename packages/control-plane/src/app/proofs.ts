import path from "node:path";
import type { AgentClient } from "@toban/agent";
import type { Operations } from "@toban/definition";
import {
  type CommitmentsView,
  commitmentsView,
  type ProofResult,
  type ProofSystem,
  type ProveDeps,
  proofKinds,
  prove,
  provingTask,
} from "../commitments/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { conflict, notFound } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { Task } from "../platform/tasks.ts";
import { type RolloutDeps, releases } from "../rollout/index.ts";
import type { Telemetry } from "../telemetry/index.ts";
import { type Config, SHIPPED } from "./config.ts";

export type Proofs = {
  view(ctx: Ctx): Promise<CommitmentsView>;
  prove(ctx: Ctx, ids: string[]): Promise<ProofResult[]>;
  tasks(ctx: Ctx): Task[];
};

type Parts = {
  config: Config;
  operations: Operations;
  db: Database;
  telemetry: Telemetry;
  agent: AgentClient;
  secrets: Secrets;
  rollout: RolloutDeps;
  log: Logger;
};

/** The view changes when evidence or a release does; a second of age is not worth four queries. */
const VIEW_FOR_MS = 1_000;

export function proofsOf(parts: Parts): Proofs {
  const deps: ProveDeps<ProofSystem> = {
    db: parts.db,
    operations: parts.operations,
    environment: parts.config.environment,
    system: proofSystem(parts),
    kinds: proofKinds,
    outsideDependencies: (ctx) => liveReleases(parts, ctx),
    version: "0.1.0",
  };
  let asked = false;
  let unattended: Promise<unknown> = Promise.resolve();
  let cached: { view: CommitmentsView; at: number } | undefined;
  return {
    async view(ctx) {
      if (!cached || performance.now() - cached.at > VIEW_FOR_MS) {
        cached = { view: await commitmentsView(deps, ctx), at: performance.now() };
      }
      return cached.view;
    },
    async prove(ctx, ids) {
      if (asked)
        throw conflict("proofs_running", "Proofs are running already.", "Wait until they have ended.");
      asked = true;
      try {
        await unattended.catch(() => {});
        return await prove(deps, ctx, ids);
      } finally {
        asked = false;
        cached = undefined;
      }
    },
    tasks: (ctx) => [
      provingTask(deps, ctx, async (work) => {
        // Who asks comes first.
        if (asked) return [];
        unattended = work();
        return (await unattended) as ProofResult[];
      }),
    ],
  };
}

function ownApi(port: number, token: string): ProofSystem["api"] {
  return async ({ method = "GET", path, body, headers }) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  };
}

function proofSystem({ config, operations, db, telemetry, agent, secrets, rollout }: Parts): ProofSystem {
  return {
    operations,
    environment: config.environment,
    repository: path.resolve(SHIPPED.cli, "../../../.."),
    db,
    telemetry,
    observe: async () => (await agent.state()).services,
    secret: secrets.get,
    api: ownApi(config.port, secrets.get("cli-token") ?? ""),
    async command(service, command, timeoutMs) {
      const observed = await agent.getService(service);
      const [version] = Object.entries(observed.weights).find(([, weight]) => weight > 0) ?? [
        observed.instances.find((instance) => instance.state === "healthy")?.version,
      ];
      const release = version === undefined ? undefined : observed.desired?.releases[version];
      if (!release)
        throw notFound("release_not_live", `${service} runs no release.`, `Deploy ${service} first.`);
      const { directory, environment } = release;
      return agent.run({ directory, command, environment, timeoutMs });
    },
    rollout,
  };
}

/** "release:SERVICE" → digest of the version that the ledger says is live. */
async function liveReleases(parts: Parts, ctx: Ctx): Promise<Record<string, string>> {
  const rows = await parts.db.tx(ctx, (tx) => releases(tx, { limit: 200 }));
  const live: Record<string, string> = {};
  for (const row of rows) {
    if (row.result === "succeeded") live[`release:${row.service}`] ??= row.digest;
  }
  return live;
}
