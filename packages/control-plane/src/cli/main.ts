import { Command, CommanderError } from "commander";
import { refusalOf } from "../platform/errors.ts";

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
  .version("0.1.0");

/** Loaded when they are asked for: a check in a commit hook has no second to spare for a server's libraries. */
const COMMANDS: Record<string, () => Promise<() => Command>> = {
  up: async () => (await import("./up.ts")).upCommand,
  down: async () => (await import("./up.ts")).downCommand,
  status: async () => (await import("./status.ts")).statusCommand,
  commitments: async () => (await import("./commitments.ts")).commitmentsCommand,
  prove: async () => (await import("./prove.ts")).proveCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  db: async () => (await import("./db.ts")).dbCommand,
  review: async () => (await import("./review.ts")).reviewCommand,
  deploy: async () => (await import("./deploy.ts")).deployCommand,
  rollback: async () => (await import("./rollback.ts")).rollbackCommand,
  releases: async () => (await import("./releases.ts")).releasesCommand,
  runs: async () => (await import("./runs.ts")).runsCommand,
  audit: async () => (await import("./audit.ts")).auditCommand,
  erasure: async () => (await import("./erasure.ts")).erasureCommand,
  tenants: async () => (await import("./tenants.ts")).tenantsCommand,
  people: async () => (await import("./people.ts")).peopleCommand,
  definition: async () => (await import("./definition.ts")).definitionCommand,
  secret: async () => (await import("./secret.ts")).secretCommand,
  gameday: async () => (await import("./gameday.ts")).gamedayCommand,
  bench: async () => (await import("./bench.ts")).benchCommand,
  mask: async () => (await import("./mask.ts")).maskCommand,
};

const named = process.argv[2] ?? "";
const wanted = Object.hasOwn(COMMANDS, named) ? [COMMANDS[named]!] : Object.values(COMMANDS);
if (named === "serve") program.addCommand((await import("./serve.ts")).serveCommand(), { hidden: true });
else for (const load of wanted) program.addCommand((await load())());
throwOnBadUse(program);

/** A command that was added inherits nothing; without this, bad use would exit with 1, which is a verdict. */
function throwOnBadUse(command: Command): void {
  command.exitOverride().showHelpAfterError();
  for (const below of command.commands) throwOnBadUse(below);
}

// `toban … | head`: the reader has seen enough; what was decided stays decided.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await report(error);
}

async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USE;
  const { kind, code, reason, remedy } = refusalOf(error);
  // Loaded only here: what failed may have quoted a connection string or somebody's data.
  const { maskText } = await import("@toban/service-kit/masking");
  process.stderr.write(maskText(`${code}: ${reason}\n  → ${remedy}\n`));
  if (kind === "bug" && process.env.TOBAN_DEBUG) console.error(error);
  return EXIT[kind];
}
