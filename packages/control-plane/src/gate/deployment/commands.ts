/** A command as a list; `shell` when a shell runs one text. */
export type Command = { argv: string[]; shell: boolean };

const SHELL = /(^|\/)(ba|da|a|z|k)?sh$/;

/** The script of `sh -c "…"`, or of a shell form; undefined when no shell is in between. */
export function scriptOf(command: Command): string | undefined {
  if (command.shell) return command.argv.join(" ");
  const [program, ...rest] = command.argv;
  if (!program || !SHELL.test(program)) return undefined;
  const flag = rest.findIndex((one) => /^-[a-z]*c$/.test(one));
  return flag < 0 ? undefined : rest[flag + 1];
}

/** The last command of a script. Quotes are not followed: good enough to see an `exec`. */
export function lastCommand(script: string): string {
  const lines = script
    .replace(/\\\r?\n/g, " ")
    .split(/\n|&&|\|\||;/)
    .map((part) => part.trim())
    .filter((part) => part && !part.startsWith("#"));
  return lines.at(-1) ?? "";
}

export const commandsIn = (script: string): number =>
  script
    .replace(/\\\r?\n/g, " ")
    .split(/\n|&&|\|\||[;|]/)
    .filter((part) => part.trim()).length;

/** Whether a shell stays between the signal and the program. */
export function shellStays(script: string): boolean {
  const last = lastCommand(script);
  if (/^(exec|wait|trap)\b/.test(last) || /\btrap\b/.test(script)) return false;
  return !/^(echo|true|false|exit|date|env|ls|printenv)\b/.test(last);
}

const INIT = /(^|\/)(tini|tini-static|dumb-init|catatonit|docker-init|s6-svscan|init|my_init|pid1)$/;

/** Whether an init process stands first and passes signals on. */
export const hasInit = (argv: readonly string[]): boolean => argv.slice(0, 1).some((one) => INIT.test(one));

/** The command behind an init, `env X=y` or a `docker-entrypoint.sh`. */
export function inner(argv: readonly string[]): string[] {
  let rest = [...argv];
  for (;;) {
    const first = rest[0] ?? "";
    if (INIT.test(first)) {
      rest = rest.slice(1);
      while (rest[0]?.startsWith("-")) rest = rest.slice(1);
    } else if (/(^|\/)(docker-)?entrypoint(\.sh)?$/.test(first) || first === "exec") rest = rest.slice(1);
    else if (first === "env" || /^[A-Z_][A-Z0-9_]*=/.test(first)) rest = rest.slice(1);
    else return rest;
  }
}

export const split = (script: string): string[] => script.trim().split(/\s+/).filter(Boolean);

const MANAGER = /(^|\/)(npm|yarn|pnpm|npx)$/;

/** `npm start` and its like run the program as a child of a child. */
export const isPackageManager = (argv: readonly string[]): boolean => {
  const [program, ...rest] = inner(argv);
  return (
    MANAGER.test(program ?? "") && rest.length > 0 && !/^(ci|install|--version|-v|config)$/.test(rest[0]!)
  );
};

const DEV_SERVER =
  /\b(npm|yarn|pnpm|bun)\s+(run\s+)?(dev|start:dev|serve:dev|watch|develop)\b|\bnodemon\b|\bts-node-dev\b|\btsx\s+watch\b|\bnode\s+--watch\b|\bnext\s+dev\b|\bnuxt\s+dev\b|(^|\s|\/)vite(\s+(dev|serve|--host)|\s*$)|\bwebpack(-dev-server|\s+serve)\b|\bng\s+serve\b|\bflask\s+run\b|\bmanage\.py\s+runserver\b|\b(uvicorn|gunicorn|hypercorn)\b[^&|;\n]{0,300}\s--reload\b|\bfastapi\s+dev\b|\bartisan\s+serve\b|\bgo\s+run\b|\bcargo\s+(run|watch)\b|\bdotnet\s+watch\b|\bspring-boot:run\b|\bbootRun\b|\bphp\s+-S\s/;

/** Servers that are made for a developer's desk. */
export const developmentServer = (command: string): string | undefined =>
  DEV_SERVER.exec(command)?.[0].trim();

const MIGRATE =
  /\b(prisma\s+(migrate\s+deploy|db\s+push)|migrate(:up|:latest|:deploy|\s+up|\s+deploy|\s+latest)?|alembic\s+upgrade|sqlx\s+migrate|knex\s+migrate|sequelize\s+db:migrate|db:migrate|flyway\s+migrate|liquibase\s+update|typeorm\s+migration:run|dbmate\s+up|goose\s+up|diesel\s+migration|ef\s+database\s+update|drizzle-kit\s+(migrate|push))\b/;

/** A start command that migrates the schema and goes on to serve. */
export function migratesThenServes(script: string): boolean {
  const parts = script
    .replace(/\\\r?\n/g, " ")
    .split(/\n|&&|;/)
    .map((part) => part.trim());
  const first = parts.findIndex((part) => MIGRATE.test(part));
  return first >= 0 && parts.slice(first + 1).some((part) => part !== "" && !/^(exit|echo)\b/.test(part));
}

const RELOADS: [RegExp, string][] = [
  [/\btruncate\s+(table\s+)?(only\s+)?["`]?[a-z_][\w."`]*(?=[\s;"',]|$)/i, "TRUNCATE"],
  [/\bdelete\s+from\s+["`]?[a-z_][\w."`]*\s*(?=;|"|'|`|$|&&|\\n)/im, "DELETE without WHERE"],
  [/\bdrop\s+(table|database|schema)\s+/i, "DROP"],
  [/\bflush(all|db)\b/i, "FLUSHALL"],
  [/\bdropDatabase\s*\(|\bdeleteMany\(\s*(\{\s*\})?\s*\)/, "delete of everything"],
  [/\baws\s+s3\s+rm\b[^\n;&|]{0,300}--recursive/, "aws s3 rm --recursive"],
  [/\bgsutil\s+(-m\s+)?rm\s+-r/, "gsutil rm -r"],
  [
    /\b(dropdb|prisma\s+migrate\s+reset|db:(drop|reset|schema:load)|migrate:(fresh|reset|refresh))\b/,
    "reset of the database",
  ],
  [
    /\b--?(delete-all|wipe|purge-all|truncate|full-reload|reload-all|drop-and-recreate|delete-existing)\b/i,
    "delete and reload",
  ],
  [
    /\brm\s+-[a-z]{0,8}r[a-z]{0,8}\s+(-[a-z]{1,8}\s+){0,4}["']?\/?(var\/lib|data|srv|mnt|uploads|storage|opt\/[\w-]+\/data|home\/\w+\/(data|uploads))[^\s"']*/i,
    "rm -rf on data",
  ],
];

/** What of a command deletes whole stores of data; the words of a maintenance job that loads them anew. */
export function deletesAll(command: string): string | undefined {
  for (const [pattern, name] of RELOADS) if (pattern.test(command)) return name;
  return undefined;
}

/** A probe that can never fail. */
export const alwaysHealthy = (command: string): boolean =>
  /^\s*(\/bin\/|\/usr\/bin\/)?(true|:|exit\s+0|echo\s+[^|&;]{0,80}|sleep\s+\d+)\s*(;\s*exit\s+0\s*)?$/.test(
    command.replace(/^((\/bin\/)?sh\s+-c\s+|CMD-SHELL\s+|CMD\s+)/, "").replace(/^["']|["']$/g, ""),
  ) || /\|\|\s*(true|exit\s+0|:)\s*$/.test(command);

export const pipesToShell = (script: string): string | undefined =>
  /\b(curl|wget)\b[^|\n;&]{0,400}\|\s*(sudo\s+)?(-E\s+)?(\/bin\/)?(ba|z|da)?sh\b|\b(ba|z)?sh\s+(-c\s+)?["']?[<$]\(\s*(curl|wget)\b/.exec(
    script,
  )?.[0];

export const npmInstall = (script: string): string | undefined => {
  for (const line of script.split(/\n|&&|;|\|\|/)) {
    const found = /(^|\s)npm\s+(install|i)(\s+[^\s].*)?$/.exec(line.trim());
    if (!found) continue;
    const rest = split(found[3] ?? "").filter((one) => !one.startsWith("-"));
    if (rest.length === 0 && !/\s(-g|--global|--package-lock-only)\b/.test(found[0])) return "npm install";
  }
  return undefined;
};

/** Options that carry a secret on the command line, such as `--password=…`. */
export function secretOption(argv: readonly string[]): string | undefined {
  for (const [index, one] of argv.entries()) {
    const found =
      /^--?([\w-]*(?:password|passwd|secret|token|api-?key|requirepass|masterauth))(?:=(.+))?$/i.exec(one);
    const value = found?.[2] ?? (found && argv[index + 1]);
    if (!found || !value || value.length < 4 || /^-|[$<{/]/.test(value)) continue;
    if (!/^(no|disable|enable|require|skip|allow|use)-/i.test(found[1]!)) return found[1];
  }
  return undefined;
}
