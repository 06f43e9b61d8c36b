import { Command } from "commander";
import { readConfig } from "../app/config.ts";
import { readDefinition } from "../app/definition.ts";
import { print, printJson } from "./terminal.ts";

export const definitionCommand = () =>
  new Command("definition").description("the definition that operators write").addCommand(
    new Command("check")
      .description("errors and warnings with file and remedy; exit 1 when there is an error")
      .argument("[file]", "default: TOBAN_DEFINITION, else RingiFlow's")
      .option("--json", "as JSON")
      .action(async (file: string | undefined, options: { json?: boolean }) => {
        const path = file ?? readConfig().definition;
        const { operations, findings } = await readDefinition(path);
        const errors = findings.filter((finding) => finding.severity === "error").length;
        if (options.json) printJson({ file: path, findings });
        else {
          for (const f of findings) {
            print(`${f.severity}  ${f.path || "(root)"}  ${f.code}\n  ${f.reason}\n  → ${f.remedy}`);
            for (const source of f.sources ?? []) print(`    ${source}`);
          }
          const total = operations?.registers.reduce((sum, r) => sum + r.commitments.length, 0) ?? 0;
          print(`${path}: ${errors} errors, ${findings.length - errors} warnings, ${total} commitments`);
        }
        if (errors > 0) process.exitCode = 1;
      }),
  );
