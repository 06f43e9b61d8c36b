// Short names for the parts of the generated API types (`npm run client`, from docs/reference/openapi.json).
import type { paths } from "./schema.ts";

export type { paths };

type Answer<Path extends "/v1/overview" | "/v1/commitments"> =
  paths[Path]["get"]["responses"][200]["content"]["application/json"];

export type Text = { en: string; ja: string };
/** What every error of the API carries below `error`. */
export type Refusal = { code: string; reason: string; remedy: string };

export type Overview = Answer<"/v1/overview">;

export type Service = Overview["services"][number];
export type Version = Service["versions"][number];
export type Instance = Version["instances"][number];
/** Parallel columns; `at` is epoch seconds, null is "nothing was measured". */
export type Series = Service["series"];

export type Rollout = Overview["rollouts"][number];
export type RolloutStep = Rollout["steps"][number];

export type Alert = Overview["alerts"][number];
export type Incident = Overview["incidents"][number];

export type Commitment = Answer<"/v1/commitments">["commitments"][number];
export type CommitmentState = Commitment["state"];
/** `stale` is "expired", "the proof or its value", or the name of what changed since. */
export type Evidence = NonNullable<Commitment["evidence"]>;
