import type { Check, Severity } from "../check.ts";
import { type Finding, type Place, raise, type SourceFile } from "../finding.ts";
import type { DeploymentSettings } from "./settings.ts";

/** One file under judgement. */
export type Scope = {
  file: SourceFile;
  place(start: number, end?: number): Place;
  settings: DeploymentSettings;
  /** A file for development or tests, by its name or by what it says: nothing in it blocks but keys that work. */
  lenient: boolean;
  findings: Finding[];
  /** The findings by what must not be said twice. */
  seen: Map<string, Finding>;
};

export type Span = { start: number; end?: number };

/** How a secret was seen; the names of issuers' formats stay as they are. */
const IN_JAPANESE: Record<string, string> = {
  "by its name": "名前による判定",
  "a password that everybody guesses": "誰でも推測できるパスワード",
  "option on the command line": "コマンドラインのオプション",
  "default of a build argument": "ビルド引数の既定値",
  "committed Secret": "コミットされた Secret",
  "in a ConfigMap": "ConfigMap の中",
  "literal of a secretGenerator": "secretGenerator のリテラル",
  "login in a URL": "URL に含まれるログイン情報",
  "password in a connection string": "接続文字列に含まれるパスワード",
  "private key": "秘密鍵",
};

/** Adds a finding of `check`, once per place. */
export function report(
  scope: Scope,
  check: Check,
  span: Span | undefined,
  params: Record<string, string | number> = {},
  severity?: Severity,
): void {
  const place = scope.place(span?.start ?? 0, span?.end);
  let effective = severity ?? check.severity;
  // A key in its issuer's format works wherever it is written down.
  const issued = params.kind !== undefined && (IN_JAPANESE[params.kind] ?? "秘密鍵") === "秘密鍵";
  if (scope.lenient && effective === "block" && !check.undecided && !issued) effective = "warn";
  const words =
    params.kind === undefined ? params : { ...params, kindJa: IN_JAPANESE[params.kind] ?? params.kind };
  const finding = raise(check, place, words, { severity: effective });
  const key = `${finding.code} ${finding.line}:${finding.column} ${finding.reason.en}`;
  const known = scope.seen.get(key);
  if (!known) {
    scope.seen.set(key, finding);
    scope.findings.push(finding);
  } else if (effective === "block" && known.severity !== "block") Object.assign(known, finding);
}

const OWN = "(dev|devel|development|local|override)";
const STAGE = "(dev|devel|development|local|override|test|tests|testing|e2e|ci|example|sample|debug)";
/** `compose.test.yaml`, `Dockerfile.dev`, `secret.example.yaml`, `app-local.yaml`; not `test.yaml`, which says nothing. */
const BY_NAME = new RegExp(
  [
    `^${OWN}\\.|[-_.]${OWN}\\.[a-z]+$`,
    `^[\\w.-]+\\.${STAGE}\\.[a-z]+$`,
    `^(docker-)?compose[-_.]${STAGE}\\.`,
    `^(Dockerfile|Containerfile)[-_.]${STAGE}$|^${STAGE}\\.(Dockerfile|Containerfile)$`,
    "^(kind|minikube|k3d)[-.]",
  ].join("|"),
  "i",
);
const BY_FOLDER =
  /(^|\/)((overlays|environments|envs|env|k8s|kubernetes|manifests|deploy|infra|docker)\/(dev|devel|development|local|test|e2e)|(dev|development|local)\/(k8s|kubernetes|manifests|deploy|docker|helm|charts)|\.devcontainer)\/|(^|\/)dev\/(docker-)?compose\.ya?ml$/i;

/** Whether a path is named as for development or tests. Workflows never are: they hold the keys. */
export function isLenient(path: string): boolean {
  if (/(^|\/)\.github\//.test(path)) return false;
  const base = path.slice(path.lastIndexOf("/") + 1);
  return BY_NAME.test(base) || BY_FOLDER.test(path);
}

/** Shortens what is shown of a user's text. */
export const shown = (value: string): string => {
  const line = value.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
};
