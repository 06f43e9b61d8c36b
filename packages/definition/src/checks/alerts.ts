import { allCommitments } from "../bindings.ts";
import { error, type Finding } from "../findings.ts";
import { amountOf } from "../format.ts";
import type { Comparator, Operations, Thresholds } from "../model.ts";
import { sameUnit, sizeOf } from "../sizes.ts";

/** Somebody who is woken must find what to do. */
export function alertsWithoutRunbook(operations: Operations): Finding[] {
  return Object.entries(operations.alerts)
    .filter(([, alert]) => alert.runbook === "")
    .map(([name]) =>
      error(
        "alert-without-runbook",
        `alerts.${name}.runbook`,
        "The alert names no runbook, so whoever is called does not know what to do",
        "Write a runbook with triage, first response and escalation, and name it here.",
      ),
    );
}

export function emptyRunbookSections(operations: Operations): Finding[] {
  return Object.entries(operations.runbooks).flatMap(([name, runbook]) => {
    const { owner, triage, firstResponse, escalation } = runbook;
    const sections = { triage, firstResponse, escalation, owner: { en: owner, ja: owner } };
    return Object.entries(sections)
      .filter(([, text]) => text.en.trim() === "" && text.ja.trim() === "")
      .map(([section]) =>
        error(
          "runbook-section-empty",
          `runbooks.${name}.${section}`,
          `The runbook's section “${section}” is empty`,
          "Write it, in English and Japanese.",
        ),
      );
  });
}

/** Attention has to come before alarm, on whichever side of the thresholds trouble lies. */
export function thresholdsOutOfOrder(operations: Operations): Finding[] {
  const commitments = allCommitments(operations);
  const comparators = new Map(commitments.map(({ id, comparator }) => [id, comparator]));
  const ofCommitments = commitments.flatMap(({ id, value, comparator }) =>
    value.kind === "thresholds" ? outOfOrder(`commitments.${id}.value`, value, comparator) : [],
  );
  const ofAlerts = Object.entries(operations.alerts)
    .filter(([, alert]) => !countsSilence(operations, alert.indicator))
    .flatMap(([name, { thresholds }]) =>
      outOfOrder(
        `alerts.${name}.thresholds`,
        thresholds,
        comparators.get(thresholds.commitment ?? "") ?? "at-most",
      ),
    );
  return [...ofCommitments, ...ofAlerts];
}

/** Silence has no degrees: its warning may equal its alarm. */
export function countsSilence(operations: Operations, indicator: string): boolean {
  return ["absence", "missing"].includes(operations.indicators[indicator]?.kind ?? "");
}

function outOfOrder(path: string, { warning, critical }: Thresholds, comparator: Comparator): Finding[] {
  const rising = comparator !== "at-least" && comparator !== "above";
  const bounds = `warning ${amountOf(warning)}, critical ${amountOf(critical)}`;
  if (!sameUnit(warning, critical))
    return [
      error(
        "thresholds-mix-units",
        path,
        `The two bounds cannot be compared: ${bounds}`,
        "Give both in one unit.",
      ),
    ];
  const [low, high] = rising ? [warning, critical] : [critical, warning];
  if (sizeOf(low) < sizeOf(high)) return [];
  return [
    error(
      "warning-not-before-critical",
      path,
      `The warning would never come before the alarm: ${bounds}`,
      rising
        ? "Set the warning below the critical bound."
        : "Set the warning above the critical bound, because low values are the bad ones here.",
    ),
  ];
}
