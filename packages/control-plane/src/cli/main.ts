import { Command, CommanderError } from "commander";
import { refusalOf } from "../platform/errors.ts";
import { auditCommand } from "./audit.ts";
import { benchCommand } from "./bench.ts";
import { commitmentsCommand } from "./commitments.ts";
import { definitionCommand } from "./definition.ts";
import { deployCommand } from "./deploy.ts";
import { gamedayCommand } from "./gameday.ts";
import { proveCommand } from "./prove.ts";
import { releasesCommand } from "./releases.ts";
import { rollbackCommand } from "./rollback.ts";
import { runsCommand } from "./runs.ts";
import { secretCommand } from "./secret.ts";
import { serveCommand } from "./serve.ts";
import { statusCommand } from "./status.ts";
import { downCommand, upCommand } from "./up.ts";

/** sysexits(3): what a script can tell apart. */
const EXIT = {
  invalid: 65,
  unauthenticated: 77,
  forbidden: 77,
  not_found: 66,
  conflict: 75,
  unavailable: 69,
  bug: 70,
};
const BAD_USE = 64;

const program = new Command("toban")
  .description("Runs a service in production by its operations definition, and proves that it does.")
  .version("0.1.0")
  .showHelpAfterError()
  .exitOverride();

for (const command of [
  upCommand,
  downCommand,
  statusCommand,
  commitmentsCommand,
  proveCommand,
  deployCommand,
  rollbackCommand,
  releasesCommand,
  runsCommand,
  auditCommand,
  definitionCommand,
  secretCommand,
  gamedayCommand,
  benchCommand,
]) {
  program.addCommand(command());
}
program.addCommand(serveCommand(), { hidden: true });

// `toban … | head`: the reader has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USE;
  const { kind, code, reason, remedy } = refusalOf(error);
  process.stderr.write(`${code}: ${reason}\n  → ${remedy}\n`);
  if (kind === "bug" && process.env.TOBAN_DEBUG) console.error(error);
  return EXIT[kind];
}
