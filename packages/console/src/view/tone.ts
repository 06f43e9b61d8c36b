// One table from the API's words to what a reader sees. A word we do not know is grey, never green.

/** `busy` is work in progress, `quiet` is of no concern now. */
export type Tone = "ok" | "warn" | "bad" | "busy" | "unknown" | "quiet";

const TONES: Record<string, Record<string, Tone>> = {
  service: { healthy: "ok", degraded: "warn", down: "bad" },
  instance: {
    healthy: "ok",
    starting: "busy",
    draining: "busy",
    unhealthy: "bad",
    backoff: "bad",
    failed: "bad",
  },
  verdict: { pass: "ok", fail: "bad", inconclusive: "warn", running: "busy" },
  rollout: {
    "in-progress": "busy",
    "rolling-back": "bad",
    "needs-decision": "bad",
    succeeded: "ok",
    "rolled-back": "warn",
    failed: "bad",
    cancelled: "quiet",
  },
  alert: { firing: "bad", pending: "warn", resolved: "quiet", inactive: "quiet" },
  incident: { open: "bad", resolved: "quiet" },
  commitment: { proven: "ok", failing: "bad", stale: "warn", unproven: "unknown", accepted: "quiet" },
};

export function toneOf(kind: keyof typeof TONES | string, state: string | null): Tone {
  if (state === null) return "unknown";
  return TONES[kind]?.[state] ?? "unknown";
}
