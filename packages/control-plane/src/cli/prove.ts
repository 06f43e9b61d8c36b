import { Command } from "commander";
import type { ProofResult } from "../commitments/index.ts";
import { api } from "./api.ts";
import { language, print, printJson, table } from "./terminal.ts";

export const proveCommand = () =>
  new Command("prove")
    .description("run proofs on the running system now")
    .argument("[ids...]", "commitments or proofs; none means all")
    .option("--json", "as JSON")
    .action(async (ids: string[], options: { json?: boolean }) => {
      const { results } = await (await api()).post<{ results: ProofResult[] }>("/v1/proofs", { ids });
      if (options.json) printJson({ results });
      else {
        const lang = language();
        print(table(results.map((r) => [r.commitment, r.verdict, r.measured, r.reason[lang]])));
        for (const r of results) if (r.verdict !== "pass") print(`${r.commitment} → ${r.remedy[lang]}`);
      }
      if (results.some((result) => result.verdict !== "pass")) process.exitCode = 1;
    });
