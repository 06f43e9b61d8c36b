import { deepFreeze } from "./freeze.ts";
import type { Acceptance, Commitment, Comparator, Proof, Register } from "./model/commitments.ts";
import type { Duration, Scalar, Statement, Text, Thresholds, Value } from "./model/values.ts";
import { days, statement } from "./units.ts";

/** A value that carries the id of the commitment it states. */
export type Committed<V = Value> = V & { commitment: string };
/** Both bounds of thresholds carry the id too, so that one of them can be used alone. */
export type CommittedValue<V> =
  V extends Thresholds<infer S>
    ? Committed<V> & { warning: Committed<S>; critical: Committed<S> }
    : Committed<V>;

export type CommitmentInput<V extends Value> = {
  says: Text;
  /** Section of the source document, for example "9.2.2". */
  source: string;
  value: V;
  /** Default: at-most for scalars, below for thresholds (reaching one counts), equals for the rest. */
  comparator?: Comparator;
  /** What the value is about; commitments of equal scope are compared. Default: the commitment's own id. */
  scope?: string;
};

export type RegisterBuilder = {
  readonly id: string;
  /** States a commitment and returns its value, which carries the id. Without a value it is a statement. */
  commitment<V extends Value>(id: string, input: CommitmentInput<V>): CommittedValue<V>;
  commitment(id: string, input: Omit<CommitmentInput<Statement>, "value">): Committed<Statement>;
  /** States further numbers of a commitment's sentence; each carries its id. */
  parts<P extends Record<string, Scalar>>(id: string, parts: P): { [Name in keyof P]: Committed<P[Name]> };
  /** A frozen copy of what was stated so far, in the order of the ids. */
  resolve(): Register;
};

/** The register of one source document. */
export function register(id: string, source: { document: string; section: string }): RegisterBuilder {
  const stated: Commitment[] = [];
  const { document, section } = source;
  function commitment(
    commitmentId: string,
    input: Omit<CommitmentInput<Value>, "value"> & { value?: Value },
  ) {
    const value = carry(input.value ?? statement(), commitmentId);
    stated.push({
      id: commitmentId,
      register: id,
      says: input.says,
      source: input.source,
      value,
      comparator: input.comparator ?? usualComparator(value),
      scope: input.scope ?? commitmentId,
    });
    return value;
  }
  function parts<P extends Record<string, Scalar>>(commitmentId: string, named: P) {
    const carried = Object.fromEntries(
      Object.entries(named).map(([name, value]) => [name, carry(value, commitmentId)]),
    );
    const owner = stated.find((candidate) => candidate.id === commitmentId);
    if (owner === undefined) throw new Error(`State ${commitmentId} before its parts.`);
    owner.parts = { ...owner.parts, ...(carried as Record<string, Scalar>) };
    return Object.freeze(carried) as { [Name in keyof P]: Committed<P[Name]> };
  }
  // In the order of their ids, so that neither imports nor formatting change the digest.
  const resolve = () => {
    const commitments = [...stated].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    return deepFreeze(structuredClone({ id, document, section, commitments }));
  };
  return Object.freeze({ id, commitment: commitment as RegisterBuilder["commitment"], parts, resolve });
}

function carry(value: Value, commitment: string): Value {
  if (value.kind !== "thresholds") return deepFreeze({ ...structuredClone(value), commitment });
  const bound = (scalar: Scalar): Scalar => ({ ...scalar, commitment });
  return deepFreeze({
    kind: value.kind,
    warning: bound(value.warning),
    critical: bound(value.critical),
    commitment,
  });
}

/** A threshold is reached at its very number, so what is good stays below it. */
function usualComparator({ kind }: Value): Comparator {
  if (kind === "thresholds") return "below";
  return kind === "steps" || kind === "choice" || kind === "statement" ? "equals" : "at-most";
}

export type ProofInput = {
  /** The values of the commitments that the proof measures. */
  proves: Committed | readonly Committed[];
  /** Default: `<kind>:<first commitment>`. */
  id?: string;
  parameters?: Record<string, unknown>;
  /** Default: 7 days. */
  expiresAfter?: Duration;
  dependsOn?: readonly string[];
};

/** Binds a proof to the commitments it measures. `kind` names the runner. */
export function proof(kind: string, input: ProofInput): Proof {
  const proven: readonly Committed[] = isMany(input.proves) ? input.proves : [input.proves];
  const proves = proven.map((value) => value.commitment);
  return deepFreeze({
    id: input.id ?? `${kind}:${proves[0] ?? ""}`,
    kind,
    proves,
    parameters: structuredClone(input.parameters ?? {}),
    expiresAfter: input.expiresAfter ?? days(7),
    dependsOn: [...(input.dependsOn ?? [])],
  });
}

const isMany = (proves: ProofInput["proves"]): proves is readonly Committed[] => Array.isArray(proves);

/** A person accepts, until a date (YYYY-MM-DD, inclusive), that a commitment is not kept. */
export function accept(commitment: Committed, terms: Omit<Acceptance, "commitment">): Acceptance {
  return deepFreeze({ commitment: commitment.commitment, ...structuredClone(terms) });
}
