import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { alwaysHealthy, type Command, npmInstall, pipesToShell } from "../commands.ts";
import { parseImage, taggingOf } from "../images.ts";
import { report, type Scope, shown } from "../scope.ts";
import { holdsSecret, isLiteral, isPlaceholder, namesSecret } from "../secrets.ts";
import { isDataPath, judgeCommand, judgeVariable, localDatabaseIn } from "../shared.ts";
import {
  assignments,
  type Dockerfile,
  type Instruction,
  lineage,
  readDockerfile,
  type Stage,
} from "./read.ts";

/** Judges a Dockerfile or Containerfile. */
export function judgeDockerfile(scope: Scope): void {
  const read = readDockerfile(scope.file);
  if ("error" in read) {
    report(scope, C.unparseable, { start: read.offset }, { error: read.error });
    return;
  }
  const final = read.stages.at(-1);
  if (!final) {
    report(
      scope,
      C.malformed,
      { start: 0 },
      {
        what: "The Dockerfile has no FROM.",
        whatJa: "Dockerfile に FROM がない。",
      },
    );
    return;
  }
  const shipped = new Set<Stage>();
  for (let stage: Stage | undefined = final; stage; stage = stage.parent) shipped.add(stage);
  judgeBases(scope, read);
  for (const stage of read.stages)
    for (const one of stage.instructions) judgeInstruction(scope, one, shipped.has(stage), stage);
  judgeFinal(scope, final);
}

function judgeBases(scope: Scope, { stages }: Dockerfile): void {
  const names = new Set<string>();
  for (const stage of stages) {
    const { base, from } = stage;
    if (base !== "scratch" && !names.has(base.toLowerCase())) {
      const tagging = taggingOf(base);
      const { name } = parseImage(base);
      // Nothing is known of an image that is wholly an argument; a missing tag alone fails the build.
      if (tagging === "unknown" && /^\$/.test(name) && !/[/:]/.test(base.replace(/^\$\{?\w+\}?/, "")))
        report(scope, C.unresolvedImage, from, { image: base });
      else if (tagging === "latest" || tagging === "missing")
        report(scope, C.latestImage, from, { image: shown(base) });
      else if (tagging === "moving") report(scope, C.movingImage, from, { image: shown(base) }, "warn");
    }
    if (stage.name) names.add(stage.name);
    for (const one of stage.instructions) {
      const source = one.flags.find((flag) => flag.startsWith("--from="))?.slice(7);
      if (!source || /^\d+$/.test(source) || stages.some((other) => other.name === source.toLowerCase()))
        continue;
      const tagging = taggingOf(source);
      if (tagging === "latest" || (tagging === "missing" && /[/.]/.test(source)))
        report(scope, C.latestImage, one, { image: shown(source) });
    }
  }
}

const SECRET_FILE =
  /(^|\/)(\.env(\.[\w-]+)*|id_(rsa|ed25519|ecdsa|dsa)|[\w.-]*\.(pem|key|p12|pfx|jks|keystore)|\.aws|\.ssh|credentials(\.json)?|service-?account[\w-]*\.json|\.git-credentials|\.netrc|\.pgpass|kubeconfig|\.kube|secrets?\.(ya?ml|json|env|toml))$/i;
const HARMLESS =
  /\.env\.(example|sample|template|dist|defaults?|schema)$|(^|\/)(ca|root|chain|fullchain|rds|global-bundle|public|bundle|cert)[\w.-]*\.pem$|\.pub$|-ca\.pem$/i;

/** Files that must never be in an image. */
function secretFile(source: string): string | undefined {
  const clean = source
    .replace(/^["']|["']$/g, "")
    .replace(/\/$/, "")
    .replace(/\*$/, "");
  return SECRET_FILE.test(clean) && !HARMLESS.test(clean) ? clean : undefined;
}

function judgeInstruction(scope: Scope, one: Instruction, shipped: boolean, stage: Stage): void {
  const severity = shipped ? undefined : ("warn" as const);
  if (one.name === "COPY" || one.name === "ADD") {
    const parts = one.json ?? one.rest.split(/\s+/).filter((part) => !part.startsWith("<<"));
    const fromStage = one.flags.some((flag) => flag.startsWith("--from="));
    for (const source of parts.slice(0, -1)) {
      const file = secretFile(source);
      if (file && !fromStage)
        report(scope, C.secretFileInImage, one, { file }, /\.env/.test(file) ? undefined : severity);
      if (
        one.name === "ADD" &&
        /^https?:/.test(source) &&
        !one.flags.some((flag) => /^--checksum=/.test(flag))
      )
        report(scope, C.remoteAdd, one, { url: shown(source) });
    }
    for (const body of one.heredocs) judgeText(scope, one, body);
  } else if (one.name === "ENV") {
    for (const { name, value } of assignments(one.rest)) {
      const argument = /^\$\{?(\w+)(?::?-([^}]*))?\}?$/.exec(value);
      if (argument && namesSecret(name) && !scope.settings.notSecret.includes(name))
        report(scope, C.secretBuildArgument, one, { name }, severity);
      else if (shipped && localDatabaseIn(name, value)) report(scope, C.localDatabase, one, { name });
      if (!argument) judgeVariable(scope, one, name, value);
    }
  } else if (one.name === "ARG") {
    for (const part of one.rest.split(/\s+/)) {
      const [name, ...given] = part.split("=");
      const value = given.join("=").replace(/^["']|["']$/g, "");
      if (scope.settings.notSecret.includes(name!)) continue;
      if (holdsSecret(value) || (namesSecret(name!) && isLiteral(value) && !isPlaceholder(value)))
        report(scope, C.secretInPlain, one, { name: name!, kind: "default of a build argument" });
      else if (namesSecret(name!)) report(scope, C.secretBuildArgument, one, { name: name! }, severity);
    }
  } else if (one.name === "RUN") {
    const script = [one.rest, ...one.heredocs].join("\n");
    judgeText(scope, one, script);
    const piped = pipesToShell(script);
    if (piped) report(scope, C.pipeToShell, one, { command: shown(piped) });
    if (npmInstall(script)) report(scope, C.npmInstall, one);
  } else if (one.name === "VOLUME" && shipped && !/\b(postgres|mysql|mongo|redis)/.test(stage.base)) {
    const paths = one.json ?? one.rest.split(/\s+/);
    for (const path of paths)
      if (isDataPath(path)) report(scope, C.hostVolume, one, { name: "VOLUME", path }, "warn");
  }
}

function judgeText(scope: Scope, one: Instruction, text: string): void {
  const held = holdsSecret(text);
  if (held) report(scope, C.secretInPlain, one, { name: one.name, kind: held });
}

const NON_ROOT_BASE = /nonroot|unprivileged|rootless|^cgr\.dev\/|chainguard|bitnami/i;

function judgeFinal(scope: Scope, final: Stage): void {
  const all = lineage(final);
  const last = (name: string) => all.filter((one) => one.name === name).at(-1);
  const entrypoint = last("ENTRYPOINT");
  let command = last("CMD");
  // An ENTRYPOINT of a later stage drops the CMD it inherited.
  if (
    entrypoint &&
    command &&
    final.instructions.includes(entrypoint) &&
    !final.instructions.includes(command)
  )
    command = undefined;
  judgeProcess(scope, entrypoint, command);

  const signal = last("STOPSIGNAL");
  if (signal && /^(SIG)?KILL$|^9$/i.test(signal.rest.trim()))
    report(scope, C.killSignal, signal, { where: `STOPSIGNAL ${signal.rest.trim()}` });

  const health = last("HEALTHCHECK");
  const serves = entrypoint ?? command;
  const lambda = /public\.ecr\.aws\/lambda|amazon\/aws-lambda/.test(rootBase(final));
  if (!health) {
    if (serves && !lambda)
      report(scope, C.noHealthCheck, serves, { name: shown(serves.rest), probe: "HEALTHCHECK" }, "warn");
  } else if (/^NONE\b/i.test(health.rest))
    report(scope, C.emptyHealthCheck, health, { name: "HEALTHCHECK NONE" }, "warn");
  else if (alwaysHealthy(health.json?.join(" ") ?? health.rest.replace(/^CMD\s+/i, "")))
    report(scope, C.emptyHealthCheck, health, { name: shown(health.rest) });

  const user = last("USER");
  if (
    user ? /^(root|0)(:|$)/.test(user.rest.trim()) : serves && !lambda && !NON_ROOT_BASE.test(rootBase(final))
  )
    report(scope, C.runsAsRoot, user ?? final.from, { name: shown(user?.rest ?? final.base) });
}

const rootBase = (stage: Stage): string => (stage.parent ? rootBase(stage.parent) : stage.base);

function judgeProcess(
  scope: Scope,
  entrypoint: Instruction | undefined,
  command: Instruction | undefined,
): void {
  const listed = (one: Instruction): Command =>
    one.json ? { argv: one.json, shell: false } : { argv: [one.rest], shell: true };
  if (entrypoint && (!entrypoint.json || !command)) {
    // A shell-form ENTRYPOINT ignores CMD.
    judgeCommand(scope, entrypoint, listed(entrypoint));
    return;
  }
  if (!command) return;
  if (!entrypoint) {
    judgeCommand(scope, command, listed(command));
    return;
  }
  const argv = command.json ?? ["/bin/sh", "-c", command.rest];
  judgeCommand(scope, command, { argv: [...entrypoint.json!, ...argv], shell: false });
}
