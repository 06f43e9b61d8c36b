/** What users read, in both languages. */
export type Text = { en: string; ja: string };

/** Only `block` fails a file. `warn` is for what an expert would ask about; `info` for what is good to know. */
export type Severity = "block" | "warn" | "info";

/** Files by path; a string is one file under the family's usual name. */
export type Example = string | Record<string, string>;

/**
 * One thing that the gate looks for: all that people read of it, and what proves that it works. `bad` is its mutant:
 * an input that must turn it red; `good` is the same intent done right and has no finding of this check.
 */
export type Check = {
  /** `<family>/<what-is-wrong>` in kebab case; never reused for something else. */
  code: string;
  severity: Severity;
  /** Of the registers RF, SK, INV, PD, GL; invariants as INV-OPS-001 … INV-OPS-005. */
  commitments: readonly string[];
  title: Text;
  /** Why it hurts in production, in a sentence or three. */
  why: Text;
  /** May hold `{names}` that are filled in where it is found. */
  reason: Text;
  remedy: Text;
  bad: Example;
  good: Example;
  /** The check says that something could not be decided: its file becomes inconclusive, not failed. */
  undecided?: true;
};

/** A family's checks by the names its code uses. */
export const checks = <const T extends Record<string, Check>>(all: T): T => all;
