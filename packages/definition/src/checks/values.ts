import { allCommitments } from "../bindings.ts";
import { error, type Finding, warning } from "../findings.ts";
import { amountOf } from "../format.ts";
import type { Operations, Steps, Value } from "../model.ts";
import { type Located, mechanismValues, shortPath, valuesIn } from "../walk.ts";
import { countsSilence } from "./alerts.ts";

/** The value with the bounds inside of it. */
const withBounds = ({ path, value }: Located): Located[] =>
  value.kind === "thresholds"
    ? [
        { path: `${path}.warning`, value: value.warning },
        { path: `${path}.critical`, value: value.critical },
      ]
    : [{ path, value }];

/** Here zero has a meaning: fire at once, lose nothing. */
const ZERO_IS_MEANT = [/^alerts\.[^.]+\.for$/, /^recovery\.[^.]+\.rpo$/, /^commitments\./];

export function durationsNotPositive(operations: Operations): Finding[] {
  return valuesIn(operations)
    .flatMap(withBounds)
    .flatMap(({ path: longPath, value }) => {
      const path = shortPath(longPath);
      if (value.kind !== "duration" || value.ms > 0) return [];
      if (value.ms === 0 && ZERO_IS_MEANT.some((pattern) => pattern.test(path))) return [];
      return [
        error(
          "duration-not-positive",
          path,
          `A duration of ${amountOf(value)} never passes`,
          "Give a duration greater than zero.",
        ),
      ];
    });
}

export function stepsNotRising(operations: Operations): Finding[] {
  return valuesIn(operations).flatMap(({ path, value }) => {
    if (value.kind !== "steps" || risesTo100(value)) return [];
    return [
      error(
        "steps-not-rising-to-100",
        shortPath(path),
        `The steps ${amountOf(value)} do not rise to 100 %`,
        "Give whole percents above 0, each greater than the one before, and 100 as the last.",
      ),
    ];
  });
}

const risesTo100 = ({ percents }: Steps) =>
  percents.at(-1) === 100 &&
  percents.every((p, i) => Number.isInteger(p) && p > (i === 0 ? 0 : percents[i - 1]!));

/**
 * Numbers that somebody chose without having promised anything; one finding for each part of the definition.
 * An environment's differences say themselves why they are there.
 */
export function numbersWithoutCommitment(operations: Operations): Finding[] {
  const parts = new Map<string, string[]>();
  for (const { path, value } of mechanismValues(operations)) {
    if (value.kind === "choice" || value.kind === "statement" || isStated(value)) continue;
    const [noun = "", name = "", ...rest] = path.split(".");
    if (noun === "environments" || noun === "mechanisms") continue;
    if (
      noun === "alerts" &&
      rest[0] === "thresholds" &&
      countsSilence(operations, operations.alerts[name]?.indicator ?? "")
    )
      continue;
    const part = rest.length === 0 ? noun : `${noun}.${name}`;
    const field = rest.length === 0 ? name : rest.join(".");
    parts.set(part, [...(parts.get(part) ?? []), `${field} (${amountOf(value)})`]);
  }
  return [...parts].map(([part, fields]) =>
    warning(
      "number-without-commitment",
      part,
      `No commitment states ${fields.join(", ")}`,
      "Use the commitment's value itself, or leave it as a choice of the operators.",
    ),
  );
}

function isStated(value: Value): boolean {
  if (value.commitment !== undefined) return true;
  return value.kind === "thresholds" && isStated(value.warning) && isStated(value.critical);
}

/** A copy that carries the id of a commitment but another number is a threshold of its own in disguise. */
export function valuesThatDiffer(operations: Operations): Finding[] {
  const stated = new Map(
    allCommitments(operations).map(({ id, value, parts }) => [id, [value, ...Object.values(parts ?? {})]]),
  );
  return mechanismValues(operations)
    .flatMap((located) =>
      located.value.kind === "thresholds" ? [located, ...withBounds(located)] : [located],
    )
    .flatMap(({ path, value }) => {
      const originals = value.commitment === undefined ? undefined : stated.get(value.commitment);
      if (originals === undefined || originals.some((original) => isPartOf(value, original))) return [];
      const due = originals.map(amountOf).join(", ");
      return [
        error(
          "value-differs-from-commitment",
          path,
          `The value is ${amountOf(value)}, but ${value.commitment} states ${due}`,
          "Use the value that the register returned, without changing it.",
        ),
      ];
    });
}

function isPartOf(value: Value, original: Value): boolean {
  const candidates =
    original.kind === "thresholds" ? [original, original.warning, original.critical] : [original];
  return candidates.some(
    (candidate) => candidate.kind === value.kind && amountOf(candidate) === amountOf(value),
  );
}
