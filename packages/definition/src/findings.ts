import type { FindingCode } from "./finding-codes.ts";

/** Something wrong with a definition. `path` is dotted: "alerts.bff-5xx.runbook". */
export type Finding = {
  severity: "error" | "warning";
  code: FindingCode;
  path: string;
  reason: string;
  remedy: string;
  /** Commitments or sentences that the finding is about. */
  sources?: string[];
};

export const error = (
  code: FindingCode,
  path: string,
  reason: string,
  remedy: string,
  sources?: string[],
): Finding => ({
  severity: "error",
  code,
  path,
  reason,
  remedy,
  ...(sources === undefined ? {} : { sources }),
});

export const warning = (code: FindingCode, path: string, reason: string, remedy: string): Finding => ({
  severity: "warning",
  code,
  path,
  reason,
  remedy,
});

/** Thrown by `defineOperations`; carries everything that is wrong, not only the first thing. */
export class DefinitionError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const lines = findings.map((f) => `  ${f.path || "(root)"}: ${f.reason}. ${f.remedy}`);
    super(`The definition has ${findings.length} error(s):\n${lines.join("\n")}`);
    this.name = "DefinitionError";
    this.findings = findings;
  }
}
