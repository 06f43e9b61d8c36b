/** Every code of a finding, with what it means. */
export const FINDING_CODES = {
  "missing-field": { severity: "error", meaning: "A field that has no default is not given." },
  "unknown-key": { severity: "error", meaning: "There is no such field; often a misspelling." },
  "wrong-type": { severity: "error", meaning: "A text where a number is due, and the like." },
  "wrong-value": { severity: "error", meaning: "The type is right, the value is not one that is allowed." },
  "wrong-shape": { severity: "error", meaning: "A value has none of the allowed shapes or an unknown kind." },
  "wrong-name": { severity: "error", meaning: "A key is not lower-case letters, digits and hyphens." },
  "out-of-range": { severity: "error", meaning: "A number or a list is too small or too big." },
  "duplicate-id": { severity: "error", meaning: "Two registers, commitments or proofs have one id." },
  "unknown-reference": { severity: "error", meaning: "A name refers to nothing." },
  "dependency-cycle": { severity: "error", meaning: "Services wait for each other in a circle." },
  "service-without-listener": {
    severity: "error",
    meaning: "The URL of a service that takes no traffic is asked for.",
  },
  "alert-without-runbook": { severity: "error", meaning: "An alert names no runbook." },
  "runbook-section-empty": {
    severity: "error",
    meaning: "Triage, first response, escalation or owner of a runbook is empty.",
  },
  "thresholds-mix-units": { severity: "error", meaning: "Warning and critical bound cannot be compared." },
  "warning-not-before-critical": {
    severity: "error",
    meaning: "The warning would come with or after the alarm.",
  },
  "commitments-contradict": {
    severity: "error",
    meaning: "Two commitments state different values for one scope; both sources are named.",
  },
  "value-differs-from-commitment": {
    severity: "error",
    meaning: "A value carries the id of a commitment that states another value.",
  },
  "duration-not-positive": {
    severity: "error",
    meaning: "A duration is zero or negative where time has to pass.",
  },
  "steps-not-rising-to-100": { severity: "error", meaning: "Rollout steps do not rise to 100 %." },
  "empty-translation": { severity: "error", meaning: "A text is empty in one of the languages." },
  "scope-mixes-units": { severity: "warning", meaning: "Two commitments of one scope cannot be compared." },
  "number-without-commitment": {
    severity: "warning",
    meaning: "A mechanism uses a number that nobody promised.",
  },
} as const satisfies Record<string, { severity: "error" | "warning"; meaning: string }>;

export type FindingCode = keyof typeof FINDING_CODES;
