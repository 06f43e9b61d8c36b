import type { Check } from "./check.ts";
import type { Outcome, SourceFile } from "./finding.ts";

/** One room of the gate: its checks, and how an example of one of them is run alone. */
export type Family = {
  name: string;
  checks: Record<string, Check>;
  example(files: SourceFile[]): Promise<Outcome>;
  /** The name of a file that an example gives as a plain string. */
  exampleFile: string;
};

/** The files of a working directory that may be looked at, without what git ignores. */
export type Tree = {
  /** Sorted, relative to the working directory, with `/`. */
  paths: string[];
  /** Throws `not_found` or `invalid` for what is missing or is no UTF-8 text. */
  read(path: string): SourceFile;
};
