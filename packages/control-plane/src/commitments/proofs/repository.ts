import { readFile } from "node:fs/promises";
import path from "node:path";
import { unavailable } from "../../platform/errors.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

type Triggers = { file: string; push: string[]; pullRequest: string[]; steps: number };

/** `parameters.file`: a GitHub workflow of the repository; it runs on pushes and pull requests to `parameters.branch`. */
export const repositoryTriggers: Kind<Triggers> = {
  kind: "repository.triggers",
  async measure({ repository }, _ctx, parameters) {
    const file = String(parameters.file);
    const content = await readFile(path.join(repository, file), "utf8").catch((cause) => {
      throw unavailable("workflow_missing", `${file} cannot be read.`, "Prove in a checkout.", cause);
    });
    return { file, ...triggersOf(content) };
  },
  judge({ file, push, pullRequest, steps }, _commitment, parameters) {
    const branch = String(parameters.branch);
    const faults = [
      ...(push.includes(branch) ? [] : [`${file} does not run on a push to ${branch}`]),
      ...(pullRequest.includes(branch) ? [] : [`${file} does not run on a pull request to ${branch}`]),
      ...(steps > 0 ? [] : [`${file} runs nothing`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${file}: push and pull request to ${branch}`,
          text("Both start the checks.", "どちらでも検査が始まります。"),
        ),
      "trigger_missing",
      `push: ${push.join(", ") || "none"}; pull request: ${pullRequest.join(", ") || "none"}`,
      text("Add the trigger to the workflow.", "ワークフローにトリガーを追加してください。"),
    );
  },
  mutants(_commitment, parameters) {
    const branch = String(parameters.branch);
    const good = { file: "ci.yml", push: [branch], pullRequest: [branch], steps: 1 };
    return {
      "not on a push": { ...good, push: [] },
      "not on a pull request": { ...good, pullRequest: ["other"] },
      "nothing is run": { ...good, steps: 0 },
    };
  },
};

/** Branches of the block form that this repository writes; any other form counts as no trigger. */
export function triggersOf(workflow: string): Omit<Triggers, "file"> {
  const lines = workflow.split("\n").filter((line) => !/^\s*#/.test(line));
  const start = lines.findIndex((line) => /^(on|"on"|'on'):\s*$/.test(line));
  const length = start < 0 ? 0 : lines.slice(start + 1).findIndex((line) => /^\S/.test(line));
  const on = lines.slice(start + 1, start + 1 + Math.max(length, 0));
  const branches = (event: string) => {
    const at = on.findIndex((line) => line.trim() === `${event}:`);
    const next = at < 0 ? "" : (on[at + 1] ?? "");
    const list = /^\s{4,}branches:\s*\[([^\]]*)\]\s*$/.exec(next)?.[1] ?? "";
    return list
      .split(",")
      .map((name) => name.trim().replace(/^["']|["']$/g, ""))
      .filter(Boolean);
  };
  return {
    push: branches("push"),
    pullRequest: branches("pull_request"),
    steps: lines.filter((line) => /^\s*-?\s*run:\s*\S/.test(line)).length,
  };
}
