import type { Commitment, Text } from "@toban/definition";
import type { Verdict } from "../evidence/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Json } from "../platform/json.ts";

/** What a measurement is worth against one commitment. */
export type Judgement = { verdict: Verdict; code: string; reason: Text; remedy: Text; measured: string };

/**
 * A kind of proof. `measure` exercises the real system once; `judge` is pure and decides for each
 * commitment that the proof names. `mutants` are measurements of a broken system: each must be
 * judged `fail`, or the kind counts as one that cannot fail and proves nothing.
 */
export type ProofKind<Environment, Measurement extends Json = Json> = {
  kind: string;
  /** It disturbs the service for a moment: run only when a person or a gameday asks for it. */
  disturbs?: true;
  measure(environment: Environment, ctx: Ctx, parameters: Record<string, unknown>): Promise<Measurement>;
  judge(measurement: Measurement, commitment: Commitment, parameters: Record<string, unknown>): Judgement;
  /** By name of the fault; for the commitment at hand. */
  mutants(commitment: Commitment, parameters: Record<string, unknown>): Record<string, Measurement>;
};

export const pass = (measured: string, reason: Text): Judgement => ({
  verdict: "pass",
  code: "as_promised",
  reason,
  remedy: { en: "Nothing to do.", ja: "対応は不要です。" },
  measured,
});

export const fail = (code: string, measured: string, reason: Text, remedy: Text): Judgement => ({
  verdict: "fail",
  code,
  reason,
  remedy,
  measured,
});

export const inconclusive = (code: string, measured: string, reason: Text, remedy: Text): Judgement => ({
  verdict: "inconclusive",
  code,
  reason,
  remedy,
  measured,
});
