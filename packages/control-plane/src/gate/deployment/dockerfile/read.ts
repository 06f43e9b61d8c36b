import type { SourceFile } from "../../finding.ts";

export type Instruction = {
  /** In capitals. */
  name: string;
  /** Options such as `--from=build`. */
  flags: string[];
  /** The rest on one line, without continuations and comments; the texts of heredocs follow it. */
  rest: string;
  /** The JSON form, when it is one. */
  json?: string[];
  /** `[` was written and is no JSON: Docker then takes the whole for a shell command. */
  brokenJson?: true;
  heredocs: string[];
  start: number;
  end: number;
};

export type Stage = {
  base: string;
  name?: string;
  from: Instruction;
  instructions: Instruction[];
  /** The stage of this file that it builds on. */
  parent?: Stage;
};

export type Dockerfile = {
  stages: Stage[];
  /** Defaults of the arguments before the first FROM. */
  args: Map<string, string | undefined>;
};

export type Unreadable = { error: string; offset: number };

const KNOWN = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

type Line = { text: string; start: number };

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const raw of text.split("\n")) {
    lines.push({ text: raw.replace(/\r$/, ""), start });
    start += raw.length + 1;
  }
  return lines;
}

/** `# escape=` of the leading comments. */
function escapeOf(lines: Line[]): string {
  for (const { text } of lines) {
    const directive = /^\s*#\s*(\w+)\s*=\s*(\S*)/.exec(text);
    if (!directive) return "\\";
    if (directive[1]!.toLowerCase() === "escape" && directive[2] === "`") return "`";
  }
  return "\\";
}

/** Reads a Dockerfile's instructions in order. */
export function readInstructions(file: SourceFile): Instruction[] | Unreadable {
  const lines = linesOf(file.text.replace(/^\uFEFF/, " "));
  const continuation = escapeOf(lines);
  const found: Instruction[] = [];
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index]!;
    if (/^\s*(#|$)/.test(first.text)) continue;
    let joined = "";
    let last = first;
    for (;;) {
      const trimmed = last.text.trimEnd();
      if (!trimmed.endsWith(continuation)) {
        joined += last.text;
        break;
      }
      joined += `${trimmed.slice(0, -1)} `;
      let next = lines[++index];
      while (next && /^\s*(#|$)/.test(next.text)) next = lines[++index];
      if (!next) break;
      last = next;
    }
    const head = /^\s*([A-Za-z]+)(?:\s+|$)/.exec(joined);
    const name = head?.[1]?.toUpperCase() ?? "";
    if (!head || !KNOWN.has(name))
      return {
        error: `unknown instruction ${joined.trim().split(/\s/)[0]?.slice(0, 40)}`,
        offset: first.start,
      };
    const heredocs: string[] = [];
    if (name === "RUN" || name === "COPY" || name === "ADD") {
      for (const mark of joined.matchAll(/(?:^|\s)<<(-?)(["']?)([A-Za-z_]\w*)\2/g)) {
        const body: string[] = [];
        let closed = false;
        while (++index < lines.length) {
          const line = lines[index]!.text;
          if ((mark[1] ? line.replace(/^\t+/, "") : line) === mark[3]) {
            closed = true;
            break;
          }
          body.push(line);
        }
        if (!closed) return { error: `the heredoc ${mark[3]} is not closed`, offset: first.start };
        heredocs.push(body.join("\n"));
      }
    }
    const start = first.start + (first.text.length - first.text.trimStart().length);
    const body = joined.slice(head[0].length).trim();
    found.push(instruction(name, body, heredocs, start, last.start + last.text.length));
  }
  return found;
}

function instruction(
  name: string,
  body: string,
  heredocs: string[],
  start: number,
  end: number,
): Instruction {
  const flags: string[] = [];
  let rest = body;
  for (let flag = /^--[a-z][\w-]*(=("[^"]*"|\S*))?(\s+|$)/.exec(rest); flag; ) {
    flags.push(flag[0].trim());
    rest = rest.slice(flag[0].length);
    flag = /^--[a-z][\w-]*(=("[^"]*"|\S*))?(\s+|$)/.exec(rest);
  }
  const made: Instruction = { name, flags, rest, heredocs, start, end };
  const list = name === "HEALTHCHECK" ? rest.replace(/^CMD\s+/i, "") : rest;
  if (list.startsWith("[")) {
    try {
      const parsed: unknown = JSON.parse(list);
      if (Array.isArray(parsed) && parsed.every((one) => typeof one === "string"))
        made.json = parsed as string[];
      else made.brokenJson = true;
    } catch {
      made.brokenJson = true;
    }
  }
  return made;
}

/** `A=1 B="two words"`, or the old `A rest of line`. */
export function assignments(rest: string): { name: string; value: string }[] {
  const found: { name: string; value: string }[] = [];
  const pattern = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g;
  if (!/^[A-Za-z_][\w.-]*=/.test(rest)) {
    const old = /^([A-Za-z_][\w.-]*)\s+(.*)$/.exec(rest);
    return old ? [{ name: old[1]!, value: old[2]!.trim() }] : [];
  }
  for (const match of rest.matchAll(pattern))
    found.push({ name: match[1]!, value: match[2]!.replace(/^(["'])(.*)\1$/s, "$2") });
  return found;
}

/** Replaces `$A`, `${A}`, `${A:-b}` and `${A:+b}` by what is known; the rest stays as written. */
export function substitute(value: string, known: ReadonlyMap<string, string | undefined>): string {
  return value.replace(
    /\$\{(\w+)(?::?([-+])([^}]*))?\}|\$(\w+)/g,
    (whole, braced: string | undefined, operator: string | undefined, word: string | undefined, bare) => {
      const set = known.get(braced ?? (bare as string));
      if (operator === "+") return set ? (word ?? "") : "";
      if (set !== undefined && set !== "") return set;
      return operator === "-" ? (word ?? "") : whole;
    },
  );
}

/** Stages of a Dockerfile, with the arguments of its FROM lines filled in by their defaults. */
export function readDockerfile(file: SourceFile): Dockerfile | Unreadable {
  const instructions = readInstructions(file);
  if (!Array.isArray(instructions)) return instructions;
  const args = new Map<string, string | undefined>();
  const stages: Stage[] = [];
  for (const one of instructions) {
    if (one.name === "FROM") {
      const [reference, as, name] = one.rest.split(/\s+/);
      if (!reference) return { error: "FROM without an image", offset: one.start };
      const base = substitute(reference, args);
      const stage: Stage = { base, from: one, instructions: [] };
      if (as?.toUpperCase() === "AS" && name) stage.name = name.toLowerCase();
      const parent = stages.find((other) => other.name === base.toLowerCase());
      if (parent) stage.parent = parent;
      stages.push(stage);
    } else if (stages.length > 0) stages.at(-1)!.instructions.push(one);
    else if (one.name === "ARG")
      for (const part of one.rest.split(/\s+(?=[A-Za-z_]\w*(?:=|$|\s))/)) {
        const [name, ...value] = part.split("=");
        args.set(
          name!.trim(),
          value.length ? substitute(value.join("=").replace(/^["']|["']$/g, ""), args) : undefined,
        );
      }
    else return { error: `${one.name} before the first FROM`, offset: one.start };
  }
  return { stages, args };
}

/** Instructions of a stage and of those it builds on, oldest first. */
export function lineage(stage: Stage): Instruction[] {
  return [...(stage.parent ? lineage(stage.parent) : []), ...stage.instructions];
}
