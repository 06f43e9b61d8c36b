import { text } from "node:stream/consumers";
import { Command } from "commander";
import { readConfig } from "../app/config.ts";
import { invalid } from "../platform/errors.ts";
import { openSecrets } from "../platform/secrets.ts";
import { print } from "./terminal.ts";

export const secretCommand = () =>
  new Command("secret").description("secrets that the definition names").addCommand(
    new Command("set")
      .description("store the value that is given on standard input; it is never shown again")
      .argument("<name>", "for example alert-webhook")
      .action(async (name: string) => {
        const value = (await text(process.stdin)).replace(/\r?\n$/, "");
        if (value === "") {
          throw invalid(
            "secret_empty",
            "Standard input is empty.",
            `Give the value there: \`printf %s "$VALUE" | npx toban secret set ${name}\`.`,
          );
        }
        await (await openSecrets(readConfig().home)).set(name, value);
        print(`${name} is set`);
      }),
  );
