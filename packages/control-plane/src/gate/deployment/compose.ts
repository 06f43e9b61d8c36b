import { DEPLOYMENT_CHECKS as C } from "./checks.ts";
import { alwaysHealthy, type Command, deletesAll, developmentServer } from "./commands.ts";
import { isDatastore, isDurableStore, isOwnImage, withDefaults } from "./images.ts";
import { STORE_PORTS } from "./kubernetes/judge.ts";
import { at, entries, entry, isFalse, isTrue, items, type Node, number, text, texts } from "./node.ts";
import { report, type Scope, type Span } from "./scope.ts";
import {
  isDataPath,
  isScratchPath,
  judgeCommand,
  judgeGrace,
  judgeImage,
  judgeVariable,
  localDatabaseIn,
  seconds,
} from "./shared.ts";

type Service = { name: string; node: Node; span: Span; image: string; once: boolean; store: boolean };

const SAYS_SO =
  /開発(用|環境)|手元|ローカル(開発|環境|で|用)|local(ly)?\s+(dev|only|machine|testing|use)|(for|only)\s+(local\s+)?(dev|development|tests?)\b|development\s+(only|environment|stack|setup)|not\s+for\s+production/i;

/** A comment at its head says so, or it serves mounted sources with a server that reloads them. */
function isForDevelopment(content: string, services: Node): boolean {
  const head = /^(\s*#[^\n]*\n)*/.exec(content)?.[0] ?? "";
  if (SAYS_SO.test(head)) return true;
  return entries(services).some(({ value }) => {
    const words = [...texts(at(value, "command")), ...shellWords(text(at(value, "command")) ?? "")].join(" ");
    return at(value, "build") && developmentServer(words) && mountsOf(value).some(({ bind }) => bind);
  });
}

/** Judges a Compose file, also one for Swarm. */
export function judgeCompose(scope: Scope, document: Node): void {
  const services = at(document, "services");
  if (services?.kind !== "map" || services.entries.length === 0) {
    report(scope, C.malformed, services ?? document, {
      what: "The compose file has no services.",
      whatJa: "compose ファイルに services がない。",
    });
    return;
  }
  const awaited = new Set<string>();
  for (const { value } of services.entries)
    for (const needed of entries(at(value, "depends_on")))
      if (text(at(needed.value, "condition")) === "service_completed_successfully") awaited.add(needed.key);
  const production =
    /(^|[./_-])prod(uction)?([./_-]|$)|stack/i.test(scope.file.path) ||
    services.entries.some(
      ({ value }) => at(value, "deploy", "replicas") || at(value, "deploy", "update_config"),
    );
  if (!production && isForDevelopment(scope.file.text, services)) scope.lenient = true;
  for (const { key, start, end, value } of services.entries) {
    if (value.kind !== "map") {
      report(
        scope,
        C.malformed,
        { start, end },
        {
          what: `The service ${key} is empty.`,
          whatJa: `サービス ${key} の中身がない。`,
        },
      );
      continue;
    }
    const image = withDefaults(text(at(value, "image")) ?? "");
    const restart = text(at(value, "restart"));
    const condition = text(at(value, "deploy", "restart_policy", "condition"));
    const once =
      awaited.has(key) ||
      condition === "none" ||
      (restart === "no" && /(^|[-_])(migrat|seed|init|setup|job|backup)/i.test(key)) ||
      /(^|[-_])(migrate|migrations?|seed|init|setup)([-_]|$)/i.test(key);
    judgeService(
      scope,
      { name: key, node: value, span: { start, end }, image, once, store: isDatastore(image) },
      production,
    );
  }
}

/** `compose.prod.yaml` beside `compose.yaml`: the file under it says what it runs. */
const isOverlay = (scope: Scope): boolean =>
  /(^|\/)(docker-)?compose\.[\w.-]+\.ya?ml$/i.test(scope.file.path);

function judgeService(scope: Scope, service: Service, production: boolean): void {
  const { name, node, span, once } = service;
  const image = at(node, "image");
  // With a build section the image is only the name that the build gets.
  if (image && !at(node, "build")) judgeImage(scope, image, text(image) ?? "");
  else if (!image && !at(node, "build") && !at(node, "extends") && !at(node, "provider") && !isOverlay(scope))
    report(scope, C.malformed, span, {
      what: `The service ${name} has neither image nor build.`,
      whatJa: `サービス ${name} に image も build もない。`,
    });
  judgeEnvironment(scope, service, production);
  judgeHealth(scope, service, production);
  judgeProcess(scope, service);
  judgeVolumes(scope, service);
  judgePowers(scope, service);
  judgeDeployment(scope, service);
  const restart = at(node, "restart");
  const policy = at(node, "deploy", "restart_policy");
  if (
    !once &&
    !policy &&
    !at(node, "extends") &&
    !at(node, "deploy", "replicas") &&
    (!restart || /^(no|false)$/.test(text(restart) ?? ""))
  )
    report(scope, C.noRestart, restart ?? span, { name });
  if (text(at(node, "logging", "driver")) === "none")
    report(scope, C.logsDiscarded, at(node, "logging", "driver"), { name });
  const limits = at(node, "deploy", "resources", "limits", "memory") ?? at(node, "mem_limit");
  if (!limits && !once) report(scope, C.noMemoryLimit, span, { name }, "info");
}

function judgeEnvironment(scope: Scope, { name, node, store, once }: Service, production: boolean): void {
  const environment = at(node, "environment");
  const variables: { key: string; value: string; span: Node }[] = [
    ...entries(environment).map((one) => ({ key: one.key, value: text(one.value) ?? "", span: one.value })),
    ...items(environment).map((one) => {
      const [key, ...value] = (text(one) ?? "").split("=");
      return { key: key!, value: value.join("="), span: one };
    }),
  ];
  for (const { key, value, span } of variables) {
    judgeVariable(scope, span, key, value);
    // A volume keeps the file, on the one host that has it.
    if (!store && !once && localDatabaseIn(key, withDefaults(value)))
      report(scope, C.localDatabase, span, { name: key });
  }
  for (const one of [...entries(at(node, "build", "args")), ...entries(at(node, "labels"))])
    judgeVariable(scope, one.value, one.key, text(one.value) ?? "");
  for (const one of items(at(node, "build", "args"))) {
    const [key, ...value] = (text(one) ?? "").split("=");
    judgeVariable(scope, one, key!, value.join("="));
  }
  const file = at(node, "env_file");
  const paths = [...texts(file), ...items(file).flatMap((one) => text(at(one, "path")) ?? [])];
  for (const path of paths)
    if (production && /(^|\/)\.env/.test(path)) report(scope, C.envFile, file, { name, file: path });
}

const serves = (node: Node) => items(at(node, "ports")).length > 0 || items(at(node, "expose")).length > 0;

function judgeHealth(
  scope: Scope,
  { name, node, span, image, once, store }: Service,
  production: boolean,
): void {
  const check = at(node, "healthcheck");
  const test = at(check, "test");
  const words = texts(test);
  if (isTrue(at(check, "disable")) || words[0] === "NONE") {
    report(scope, C.emptyHealthCheck, check, { name }, once ? "warn" : undefined);
    return;
  }
  if (check && test) {
    const command = test.kind === "seq" ? words.slice(1).join(" ") : words.join(" ");
    if (alwaysHealthy(command)) report(scope, C.emptyHealthCheck, test, { name });
  }
  if (check || once || at(node, "extends")) return;
  // The image may bring its own check; where replicas are rolled, it must be seen.
  const released = production || (!at(node, "build") && isOwnImage(image));
  const severe = released && serves(node) && !store && !scope.lenient;
  report(scope, C.noHealthCheck, span, { name, probe: "healthcheck" }, severe ? "block" : "warn");
}

function judgeProcess(scope: Scope, { name, node, span, once, store }: Service): void {
  const init = isTrue(at(node, "init"));
  const entrypoint = at(node, "entrypoint");
  const command = at(node, "command");
  const argv = (part: Node | undefined) =>
    part?.kind === "seq" ? texts(part) : shellWords(text(part) ?? "");
  const whole: Command = { argv: [...argv(entrypoint), ...argv(command)], shell: false };
  judgeCommand(scope, command ?? entrypoint ?? span, whole, {
    init,
    job: once || store,
    simpleShell: "warn",
  });
  const deleted = deletesAll(whole.argv.join(" "));
  if (deleted)
    report(
      scope,
      C.deleteAndReload,
      command ?? entrypoint ?? span,
      { name, what: deleted },
      once ? undefined : "warn",
    );
  const signal = at(node, "stop_signal");
  if (/^(SIG)?KILL$|^9$/i.test(text(signal) ?? ""))
    report(scope, C.killSignal, signal, { where: `${name}: stop_signal` });
  const grace = at(node, "stop_grace_period");
  if (!once) judgeGrace(scope, grace ?? span, `${name}: stop_grace_period`, seconds(text(grace)));
}

/** Words as compose splits a command: quotes hold together. */
function shellWords(value: string): string[] {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+)/g)].map(
    (word) => word[1] ?? word[2] ?? word[3] ?? "",
  );
}

type Mount = { source: string; target: string; readOnly: boolean; bind: boolean; span: Node };

function mountsOf(node: Node): Mount[] {
  return items(at(node, "volumes")).flatMap((span): Mount[] => {
    if (span.kind === "map") {
      const source = text(at(span, "source")) ?? "";
      return [
        {
          source,
          target: text(at(span, "target")) ?? "",
          readOnly: isTrue(at(span, "read_only")),
          bind: text(at(span, "type")) === "bind",
          span,
        },
      ];
    }
    // A drive letter or a default such as ${DIR:-./data} holds colons of its own.
    const parts = withDefaults(text(span) ?? "").split(/:(?![\\-])/);
    const [source, target, mode] = parts.length > 1 ? parts : ["", parts[0] ?? ""];
    return [
      {
        source: source ?? "",
        target: target ?? "",
        readOnly: /(^|,)ro(,|$)/.test(mode ?? ""),
        bind: /^([./~]|\$\{?PWD)/.test(source ?? ""),
        span,
      },
    ];
  });
}

function judgeVolumes(scope: Scope, { name, node, span, image, store, once }: Service): void {
  const mounts = mountsOf(node);
  for (const mount of mounts) {
    const { source, target } = mount;
    if (/(docker|containerd|podman)\.sock$/.test(source)) {
      // Reverse proxies and monitors read it; that is still the host's root, unless only read.
      report(scope, C.runtimeSocket, mount.span, { name, path: source }, mount.readOnly ? "warn" : undefined);
      continue;
    }
    if (!mount.bind || mount.readOnly || once) continue;
    if (/\.(conf|cnf|ya?ml|toml|json|ini|sql|sh|crt|pem|key|html|env|xml|properties|cfg|js|ts)$/.test(source))
      continue;
    if (
      /^\/(proc|sys|etc|dev|run|var\/run|usr)(\/|$)|docker-entrypoint-initdb/.test(source) ||
      /initdb|^\/etc\//.test(target)
    )
      continue;
    const data = isDataPath(source.replace(/^(\.\/|~\/|\$\{?PWD\}?\/)/, "")) || isDataPath(target);
    if (store) report(scope, C.bindMountedData, mount.span, { name, path: source }, "warn");
    else if (
      /^(\.\/?|\.\.\/?|\.\/(src|app|apps\/[\w-]+|packages\/[\w-]+|server|backend|frontend|web|lib)\/?|\$\{?PWD\}?\/?)$/.test(
        source,
      )
    )
      report(scope, C.sourceMounted, mount.span, { name, path: source });
    else if (data && !isScratchPath(target))
      report(scope, C.bindMountedData, mount.span, { name, path: source });
  }
  const memory = entry(node, "tmpfs");
  if (isDurableStore(image) && !once) {
    const named = mounts.filter((mount) => !/initdb|^\/etc\/|\.(conf|cnf|sql|sh)$/.test(mount.target));
    if (memory && named.length === 0)
      report(scope, C.ephemeralData, memory, { name, path: texts(memory.value).join(", ") });
    else if (named.length === 0 && !at(node, "extends")) report(scope, C.storeWithoutVolume, span, { name });
  }
}

function judgePowers(scope: Scope, { name, node, store }: Service): void {
  const set = at(node, "privileged");
  if (isTrue(set)) report(scope, C.privileged, set, { name, setting: "privileged: true" });
  for (const key of ["pid", "ipc", "network_mode", "userns_mode"]) {
    const mode = at(node, key);
    if (text(mode) === "host")
      report(
        scope,
        C.privileged,
        mode,
        { name, setting: `${key}: host` },
        key === "pid" ? undefined : "warn",
      );
  }
  for (const added of items(at(node, "cap_add")))
    if (/^(CAP_)?(ALL|SYS_ADMIN|SYS_MODULE)$/.test(text(added) ?? ""))
      report(scope, C.privileged, added, { name, setting: `capability ${text(added)}` });
  const user = at(node, "user");
  if (/^(root|0)(:|$)/.test(text(user) ?? "")) report(scope, C.runsAsRoot, user, { name });
  for (const port of items(at(node, "ports"))) {
    const published = port.kind === "map" ? at(port, "published") : undefined;
    const address =
      port.kind === "map" ? text(at(port, "host_ip")) : /^((?:\d+\.){3}\d+):/.exec(text(port) ?? "")?.[1];
    const short = withDefaults(text(port) ?? "")
      .replace(/\/(tcp|udp)$/, "")
      .split(":");
    const target = port.kind === "map" ? number(at(port, "target")) : Number(short.at(-1));
    const open = port.kind === "map" ? Boolean(published) : short.length > 1;
    const known = target !== undefined && STORE_PORTS.has(target);
    if ((store || known) && open && !/^(127\.|localhost|\[?::1)/.test(address ?? ""))
      report(scope, C.publicStore, port, { name, port: target ?? 0 }, "warn");
  }
}

function judgeDeployment(scope: Scope, { name, node, span, store, once }: Service): void {
  const deploy = at(node, "deploy");
  const replicas = at(deploy, "replicas") ?? at(node, "scale");
  const count = number(replicas);
  if (count !== undefined && count === 1 && !once) {
    const severe = serves(node) && !store && !scope.settings.singletons.includes(name);
    report(scope, C.singleReplica, replicas ?? span, { name, count }, severe ? "block" : "warn");
  } else if (count === undefined && !once && serves(node) && !store && text(at(deploy, "mode")) !== "global")
    report(scope, C.singleReplica, span, { name, count: 1 }, "warn");
  const update = at(deploy, "update_config");
  if (!update) return;
  const parallel = at(update, "parallelism");
  if (
    number(parallel) === 0 ||
    (count !== undefined &&
      count > 1 &&
      (number(parallel) ?? 1) >= count &&
      text(at(update, "order")) !== "start-first")
  )
    report(scope, C.allAtOnce, parallel, { name, setting: `parallelism: ${text(parallel)}` });
  const action = at(update, "failure_action");
  if (text(action) === "continue")
    report(scope, C.noRollback, action, { name, setting: "failure_action: continue" });
  else if (text(action) !== "rollback" && !isFalse(update))
    report(scope, C.noRollback, update, { name, setting: "failure_action is not rollback" }, "warn");
}
