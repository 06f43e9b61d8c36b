import { DEPLOYMENT_CHECKS as C } from "./checks.ts";
import {
  type Command,
  commandsIn,
  developmentServer,
  hasInit,
  inner,
  isPackageManager,
  lastCommand,
  migratesThenServes,
  scriptOf,
  secretOption,
  shellStays,
  split,
} from "./commands.ts";
import { taggingOf } from "./images.ts";
import { report, type Scope, type Span, shown } from "./scope.ts";
import { holdsSecret, isLiteral, isPlaceholder, namesSecret, secretIn } from "./secrets.ts";

/** The reference of an image that is to run. */
export function judgeImage(scope: Scope, span: Span, reference: string): void {
  const tagging = taggingOf(reference);
  if (tagging === "latest" || tagging === "missing")
    report(scope, C.latestImage, span, { image: shown(reference) });
  else if (tagging === "moving") report(scope, C.movingImage, span, { image: shown(reference) });
}

const WEAK =
  /^(password|passwd|secret|changeme|change-me|admin|root|postgres|mysql|test|guest|user|app|minio(admin)?)$/i;

/** One variable of an environment and its literal value. */
export function judgeVariable(scope: Scope, span: Span, name: string, value: string): void {
  const kind = secretIn(name, value, scope.settings.notSecret);
  if (kind === "literal") {
    const how =
      holdsSecret(value) ?? (WEAK.test(value) ? "a password that everybody guesses" : "by its name");
    report(scope, C.secretInPlain, span, { name: shown(name), kind: how });
  } else if (kind === "placeholder") report(scope, C.secretPlaceholder, span, { name: shown(name) });
  if (/^(NODE_ENV|RAILS_ENV|APP_ENV|FLASK_ENV|ASPNETCORE_ENVIRONMENT|DJANGO_ENV)$/.test(name)) {
    if (/^(dev|development|local|test)$/i.test(value))
      report(scope, C.debugInProduction, span, { name, value });
  } else if (
    (/^(\w+_)?DEBUG$/.test(name) && /^(1|true|yes|on|\*)$/i.test(value)) ||
    (name === "NODE_TLS_REJECT_UNAUTHORIZED" && value === "0")
  )
    report(scope, C.debugInProduction, span, { name, value });
}

/** A database that is a file: `sqlite:///app.db`, `file:./dev.db`. */
export function localDatabaseIn(name: string, value: string): boolean {
  if (/^(jdbc:)?sqlite3?:/i.test(value)) return !/:memory:|mode=memory/i.test(value);
  if (/^(file:|\.{0,2}\/)[^\s]*\.(db|sqlite3?)$/i.test(value)) return true;
  return /(DB|DATABASE|SQLITE)/.test(name) && /\.(db|sqlite3?)$/i.test(value) && !/[:@]\/\//.test(value);
}

export type CommandOptions = {
  /** An init process stands first already (compose `init: true`). */
  init?: boolean;
  /** The run-to-completion work of a job: nobody needs to stop it gracefully. */
  job?: boolean;
  /** How a shell in between counts; a simple command is often replaced by `sh -c` itself. */
  simpleShell?: "block" | "warn";
};

/** What process 1 of a service will be. */
export function judgeCommand(scope: Scope, span: Span, command: Command, options: CommandOptions = {}): void {
  if (command.argv.length === 0) return;
  const whole = command.argv.join(" ");
  const init = options.init || hasInit(command.argv);
  const direct: Command = { ...command, argv: command.shell ? command.argv : inner(command.argv) };
  const script = scriptOf(direct);
  const argv = script === undefined ? direct.argv : split(lastCommand(script).replace(/^exec\s+/, ""));
  const development = developmentServer(script ?? direct.argv.join(" "));
  if (script !== undefined && migratesThenServes(script) && !options.job)
    report(scope, C.migrateOnStart, span, { command: shown(whole) });
  const option = secretOption(split(whole));
  if (option) report(scope, C.secretInPlain, span, { name: option, kind: "option on the command line" });
  if (options.job) return;
  if (development) {
    report(scope, C.developmentServer, span, { command: shown(development) });
    return;
  }
  if (isPackageManager(argv)) {
    report(scope, C.packageManagerFirst, span, { command: shown(argv.join(" ")) }, init ? "warn" : "block");
    return;
  }
  if (script === undefined || !shellStays(script)) return;
  const simple = commandsIn(script) === 1 && options.simpleShell === "warn";
  report(scope, C.shellForm, span, { command: shown(script) }, init || simple ? "warn" : "block");
}

/** Keys whose values are the secret, in a map that should hold settings only. */
export function judgePlainValue(scope: Scope, span: Span, name: string, value: string): boolean {
  if (scope.settings.notSecret.includes(name)) return false;
  const issued = holdsSecret(value);
  if (!issued && (!namesSecret(name) || !isLiteral(value))) return false;
  if (!issued && isPlaceholder(value)) {
    report(scope, C.secretPlaceholder, span, { name: shown(name) });
    return false;
  }
  report(scope, C.secretInPlain, span, { name: shown(name), kind: issued ?? "by its name" });
  return true;
}

/** Seconds of `30`, `"1m30s"`, `500ms`; undefined for anything else. */
export function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|us|h|m|s|min|sec)(?![a-z])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== value.replace(/\s/g, ""))
    return undefined;
  const unit: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, sec: 1, m: 60, min: 60, h: 3600 };
  return parts.reduce((sum, part) => sum + Number(part[1]) * unit[part[2]!]!, 0);
}

/** The time between SIGTERM and SIGKILL. */
export function judgeGrace(scope: Scope, span: Span, where: string, grace: number | undefined): void {
  if (grace === undefined) return;
  const params = { where, seconds: grace };
  if (grace < 3) report(scope, C.noGracePeriod, span, params);
  else if (grace < scope.settings.gracefulStopSeconds) report(scope, C.shortGracePeriod, span, params);
}

/** Folders where services keep what people gave them. */
export const isDataPath = (path: string): boolean =>
  /(^|\/)(data|uploads?|storage|media|attachments?|db|database|databases|sqlite|state|persist(ent)?|userfiles|documents|files)(\/|$)/i.test(
    path,
  ) ||
  /^\/var\/lib\//.test(path) ||
  /\.(db|sqlite3?)$/.test(path);

export const isScratchPath = (path: string): boolean =>
  /(^|\/)(tmp|temp|cache|caches|run|logs?|scratch|sockets?|shm|nginx|work|certs?|config|ssl)(\/|$)/i.test(
    path,
  );
