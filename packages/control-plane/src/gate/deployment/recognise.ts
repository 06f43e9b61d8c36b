import type { Tree } from "../family.ts";
import type { SourceFile } from "../finding.ts";
import { looksLikeCrontab } from "./timers.ts";

/** What a file is by its name, or by what stands in it; `yaml` may still turn out to be none of ours. */
export type Kind = "dockerfile" | "workflow" | "action" | "crontab" | "unit" | "yaml" | "json" | "other";

const DOCKERFILE = /(^|\/)((Dockerfile|Containerfile)([.-][\w.-]+)?|[\w.-]+\.(Dockerfile|Containerfile))$/i;
const NOT_DOCKERFILE = /\.(dockerignore|md|txt|ts|js|sh|ya?ml|json|j2|erb|tmpl|tpl)$/i;

export function kindByName(path: string): Kind {
  const base = path.slice(path.lastIndexOf("/") + 1);
  if (DOCKERFILE.test(path) && !NOT_DOCKERFILE.test(base)) return "dockerfile";
  if (/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return "workflow";
  if (/^action\.ya?ml$/.test(base)) return "action";
  if (
    /(^|\/)(crontab|crontab\.[\w-]+|[\w.-]+\.(crontab|cron))$/.test(path) ||
    /(^|\/)cron\.d\/[\w-]+$/.test(path)
  )
    return "crontab";
  if (/\.(service|timer)$/.test(base)) return "unit";
  if (/\.ya?ml$|\.template$/.test(base)) return "yaml";
  return /\.json$/.test(base) ? "json" : "other";
}

/** The kind of a file that was named by the user, whatever its name. */
export function kindOf(file: SourceFile): Kind {
  const byName = kindByName(file.path);
  if (byName !== "other") return byName;
  const text = file.text.replace(/^\uFEFF/, "");
  const first = text.split("\n").find((line) => !/^\s*(#|$)/.test(line)) ?? "";
  if (/^\s*(FROM\s+\S+|ARG\s+\w+)/i.test(first) && /^\s*FROM\s/im.test(text)) return "dockerfile";
  if (/^\s*\[(Unit|Service|Timer)\]/.test(first)) return "unit";
  if (/^\s*[{[]/.test(first)) return "json";
  if (looksLikeCrontab(text)) return "crontab";
  return /^\s*(---|[\w."'-]+\s*:)/.test(first) ? "yaml" : "other";
}

const KUBERNETES = /^["']?apiVersion["']?\s*:/m;
const COMPOSE_NAME = /(^|\/)(docker-)?compose([.-][\w.-]+)?\.ya?ml$/i;

/** Whether a YAML or JSON text shows what we know how to judge. Cheap; parsing decides in the end. */
export function looksDeployable(path: string, text: string): boolean {
  if (COMPOSE_NAME.test(path)) return true;
  if (/\.json$/.test(path)) {
    if (/"containerDefinitions"\s*:|"AWS::ECS::/i.test(text)) return true;
    if (/^\s*\[/.test(text) && /"portMappings"\s*:/.test(text) && /"image"\s*:/.test(text)) return true;
    if (/"kind"\s*:/.test(text) && /"apiVersion"\s*:/.test(text)) return true;
    return /"(serviceName|desiredCount)"\s*:/.test(text) && /"(taskDefinition|cluster)"\s*:/.test(text);
  }
  if (KUBERNETES.test(text) && /^["']?kind["']?\s*:/m.test(text)) return true;
  if (/AWS::ECS::/.test(text) || /^\s*containerDefinitions\s*:/m.test(text)) return true;
  if (/(^|\/)kustomization\.ya?ml$/.test(path)) return true;
  if (/(^|\/)templates\/[^/]+\.ya?ml$/.test(path) && /\{\{/.test(text)) return true;
  return /^services\s*:/m.test(text) && /^\s+(image|build)\s*:/m.test(text);
}

const SKIP =
  /(^|\/)(node_modules|vendor|dist|corpus|fixtures?|__fixtures__|testdata|\.git)\/|(^|\/)(package(-lock)?|tsconfig[\w.-]*|composer|biome|renovate|pnpm-lock|openapi|swagger)\.(json|ya?ml)$/;

/** The deployment configuration of a working directory, sorted; unreadable files are left out here. */
export function recognizeDeployment(tree: Tree): string[] {
  return tree.paths.filter((path) => {
    if (SKIP.test(path)) return false;
    const kind = kindByName(path);
    if (kind === "other") return false;
    if (kind !== "yaml" && kind !== "json" && kind !== "unit") return true;
    let text: string;
    try {
      text = tree.read(path).text;
    } catch {
      // Not UTF-8 under a name of ours: judged, so that it shows as unreadable.
      return kind === "yaml" && COMPOSE_NAME.test(path);
    }
    if (kind === "unit") return /^\s*\[(Unit|Service|Timer)\]/m.test(text);
    return looksDeployable(path, text);
  });
}
