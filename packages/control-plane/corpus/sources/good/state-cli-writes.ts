import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { collect } from "./collect.js";

export const exportCommand = new Command("export").argument("<file>").action(async (file: string) => {
  await writeFile(file, JSON.stringify(await collect()));
});
