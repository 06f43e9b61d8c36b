import { Command } from "commander";
import { BENCHES, runBench } from "../app/bench.ts";
import { print, printJson } from "./terminal.ts";

export const benchCommand = () =>
  new Command("bench")
    .description("measure on this machine; figures are ratios of one run")
    .argument("[names...]", `of ${Object.keys(BENCHES).join(", ")}; none means all`)
    .option("--json", "as JSON")
    .action(async (names: string[], options: { json?: boolean }) => {
      const results = await runBench(names, (text) => process.stderr.write(`${text}\n`));
      if (options.json) return printJson(results);
      for (const result of results) {
        print(`\n${result.bench}`);
        for (const figure of result.figures) {
          const goal =
            figure.goal === undefined ? "" : `  goal ${figure.goal}  ${figure.met ? "met" : "MISSED"}`;
          print(`  ${figure.name.padEnd(44)} ${figure.value.toFixed(2).padStart(10)}${goal}`);
        }
      }
    });
