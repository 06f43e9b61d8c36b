import type { Operations } from "@toban/definition";
import { maskValue } from "@toban/service-kit/masking";
import { request } from "undici";
import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Task } from "../platform/tasks.ts";
import { type Attempt, afterAttempt } from "./delivery.ts";
import type { AlertingDeps } from "./evaluate.task.ts";
import { claimPages, type DuePage, endPage } from "./store.ts";

const TIMEOUT_MS = 5_000;
/** After this another worker may try a claimed page again, because its worker died. */
const CLAIM_MS = 30_000;
const BATCH = 20;

type DeliverDeps = Pick<AlertingDeps, "db" | "definition" | "secret">;

/** Sends every page that is due once. Returns how many were tried. */
export async function deliverPages(deps: DeliverDeps, ctx: Ctx): Promise<number> {
  const now = ctx.clock.now();
  const pages = await deps.db.tx(ctx, (tx) => claimPages(tx, now, new Date(now.getTime() + CLAIM_MS), BATCH));
  await Promise.all(pages.map((page) => deliver(deps, ctx, page)));
  return pages.length;
}

async function deliver(deps: DeliverDeps, ctx: Ctx, page: DuePage): Promise<void> {
  const url = channelUrl(deps.definition(), page.channel, deps.secret);
  const attempt: Attempt = url
    ? await post(url, page)
    : { kind: "not-configured", channel: page.channel || "(none)" };
  const now = ctx.clock.now();
  const delivery = afterAttempt(attempt, page.attempts, now.getTime() - page.createdAt.getTime());
  await deps.db.tx(ctx, async (tx) => {
    await endPage(tx, page.id, {
      state: delivery.state,
      error: delivery.state === "delivered" ? null : delivery.error,
      nextAt: delivery.state === "queued" ? new Date(now.getTime() + delivery.inMs) : now,
      endedAt: delivery.state === "queued" ? null : now,
    });
    if (delivery.state === "queued") return;
    await record(tx, ctx, {
      class: "operation",
      action: "alert.page",
      resource: `alert/${page.alertId}`,
      result: delivery.state === "delivered" ? "success" : "failure",
      details: {
        page: page.id,
        channel: page.channel,
        attempts: page.attempts,
        ...(delivery.state === "delivered" ? {} : { error: delivery.error }),
      },
    });
  });
}

function channelUrl(
  definition: Operations,
  name: string,
  secret: (name: string) => string | undefined,
): string | undefined {
  const channel = definition.channels[name];
  if (!channel) return undefined;
  return typeof channel.url === "string" ? channel.url : secret(channel.url.secret);
}

/** The URL may be a secret, so errors carry codes and never messages. */
async function post(url: string, page: DuePage): Promise<Attempt> {
  try {
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": page.id },
      // The text may quote what somebody sent: it leaves our systems masked.
      body: JSON.stringify({ id: page.id, ...(maskValue(page.payload) as object) }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body.dump();
    const ok = response.statusCode >= 200 && response.statusCode < 300;
    return ok ? { kind: "delivered" } : { kind: "refused", status: response.statusCode };
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return { kind: "unreachable", cause: code ?? name ?? "unknown" };
  }
}

export function deliveryTask(
  deps: DeliverDeps,
  tenants: () => Promise<string[]>,
  ctxFor: (tenant: string) => Ctx,
): Task {
  return {
    name: "alerting.deliver",
    periodMs: 1_000,
    async run() {
      for (const tenant of await tenants()) {
        const ctx = ctxFor(tenant);
        while ((await deliverPages(deps, ctx)) === BATCH);
      }
    },
  };
}
