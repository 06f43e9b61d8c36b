import { createHash } from "node:crypto";
import { type Finding, type Place, raise } from "../finding.ts";
import { CONFIGURATION_CHECKS as CHECKS } from "./checks.ts";
import { isPlaceholder, isSecretName, isWord, separateIn } from "./secrets.ts";
import type { ConfigurationSettings } from "./settings.ts";
import type { Variable } from "./variables.ts";

/** What one environment sets. `place` stands for the whole, for what is missing in it. */
export type Environment = { name: string; variables: Variable[]; place: Place };

/** Names that runtimes, clouds and tools fix: no convention can rename them. */
const FIXED_NAMES =
  /^(NODE_ENV|NODE_OPTIONS|PORT|HOST|HOSTNAME|HOME|PATH|USER|SHELL|TZ|LANG|LC_\w+|CI|DEBUG|NO_COLOR|PWD|LD_\w+|(HTTPS?|NO|ALL)_PROXY|(AWS|GOOGLE|GCP|GCLOUD|AZURE|OTEL|SENTRY|RUST|PG|POSTGRES|MYSQL|KUBERNETES|ECS|DD|JAVA|PYTHON|DOTNET|ASPNETCORE|SPRING|PUBLIC|NEXT_PUBLIC|NUXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC)_\w+)$/i;

const PRODUCTION = /(^|[-_.])(prod|prd|production|live)($|[-_.])/i;

export const isProduction = (environment: string): boolean => PRODUCTION.test(environment);

/** What is wrong with the environments, each by itself and beside each other (GL-044, GL-046 … GL-049). */
export function checkMatrix(environments: Environment[], settings: ConfigurationSettings): Finding[] {
  return [
    ...environments.flatMap((environment) => checkRequired(environment, settings)),
    ...environments.flatMap((environment) => checkNames(environment, settings)),
    ...checkShared(environments, settings),
    ...checkDrift(environments, settings),
  ];
}

function checkRequired(environment: Environment, settings: ConfigurationSettings): Finding[] {
  const findings: Finding[] = [];
  for (const [service, names] of Object.entries(settings.required)) {
    for (const name of names) {
      const found = variableOf(environment, name, service, settings.naming);
      const params = { name, service, environment: environment.name };
      if (!found) findings.push(raise(CHECKS.missingVariable, environment.place, params));
      else if (found.value?.trim() === "") findings.push(raise(CHECKS.emptyVariable, found.place, params));
    }
  }
  return [...findings, ...checkPlaceholders(environment, settings)];
}

function checkPlaceholders(environment: Environment, settings: ConfigurationSettings): Finding[] {
  if (!isProduction(environment.name)) return [];
  const more = settings.secretNames.map((source) => new RegExp(source));
  return environment.variables
    .filter(
      ({ name, value }) =>
        value !== null && isPlaceholder(value) && (!isWord(value) || isSecretName(name, more)),
    )
    .map(({ name, place }) =>
      raise(CHECKS.placeholderInProduction, place, { name, environment: environment.name }),
    );
}

/** By its own name, or by the name that the template makes of service and key. The last one set counts. */
function variableOf(environment: Environment, name: string, service: string, naming: string | undefined) {
  const names = new Set([name]);
  if (naming && isTemplateRule(naming)) {
    for (const part of [service, "common"]) {
      const upper = part.toUpperCase().replace(/[^A-Z0-9]/g, "_");
      names.add(naming.replace(/<service>/i, upper).replace(/<key>/i, name));
    }
  }
  return environment.variables.findLast((variable) => names.has(variable.name));
}

const isTemplateRule = (naming: string) => /<\w+>/.test(naming) && !/\(\?<\w+>/.test(naming);

/** The rule as a regular expression over the whole name. */
export function namingPattern(naming: string): RegExp {
  if (!isTemplateRule(naming)) return new RegExp(`^(?:${naming})$`);
  const source = naming
    .split(/(<\w+>)/)
    .map((part) => {
      if (/^<key>$/i.test(part)) return "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*";
      return /^<\w+>$/.test(part) ? "[A-Z][A-Z0-9]*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`);
}

function checkNames(environment: Environment, settings: ConfigurationSettings): Finding[] {
  if (!settings.naming) return [];
  const rule = namingPattern(settings.naming);
  const exempt = settings.namingExempt.map((source) => new RegExp(source));
  const required = new Set(Object.values(settings.required).flat());
  return environment.variables
    .filter(
      ({ name }) =>
        !rule.test(name) &&
        !required.has(name) &&
        !FIXED_NAMES.test(name) &&
        !exempt.some((pattern) => pattern.test(name)),
    )
    .map(({ name, place }) =>
      raise(CHECKS.nameNotByConvention, place, {
        name,
        environment: environment.name,
        rule: settings.naming!,
      }),
    );
}

/** Values are compared by digest and never leave this function. */
function checkShared(environments: Environment[], settings: ConfigurationSettings): Finding[] {
  const more = settings.secretNames.map((source) => new RegExp(source));
  const allowed = new Set(settings.sharedAllowed);
  const seen = new Map<string, { environment: Environment; variable: Variable }>();
  const findings: Finding[] = [];
  for (const environment of environments) {
    for (const variable of environment.variables) {
      if (variable.value === null || allowed.has(variable.name)) continue;
      const secret = separateIn(variable.name, variable.value, more);
      if (!secret) continue;
      const digest = createHash("sha256").update(secret).digest("hex");
      const other = seen.get(digest);
      if (!other) seen.set(digest, { environment, variable });
      else if (other.environment !== environment) {
        findings.push(
          raise(CHECKS.sharedSecret, variable.place, {
            name: variable.name,
            environment: environment.name,
            other: other.environment.name,
            otherName: other.variable.name,
          }),
        );
      }
    }
  }
  return findings;
}

/** A variable that most environments set and one does not, unless `required` already asks for it. */
function checkDrift(environments: Environment[], settings: ConfigurationSettings): Finding[] {
  if (environments.length < 2) return [];
  const required = new Set(Object.values(settings.required).flat());
  const names = new Set(environments.flatMap(({ variables }) => variables.map(({ name }) => name)));
  const findings: Finding[] = [];
  for (const name of names) {
    if (required.has(name)) continue;
    const having = environments.filter(({ variables }) => variables.some((one) => one.name === name));
    const lacking = environments.filter((environment) => !having.includes(environment));
    if (lacking.length !== 1 || having.length < 2) continue;
    const params = { name, environment: lacking[0]!.name, others: having.map((one) => one.name).join(", ") };
    findings.push(raise(CHECKS.environmentDrift, lacking[0]!.place, params));
  }
  return findings;
}

/** What the example file shows and `required` does not ask for, or the other way round. */
export function checkExample(example: Environment, settings: ConfigurationSettings): Finding[] {
  const required = Object.entries(settings.required);
  if (required.length === 0) return [];
  return required.flatMap(([service, names]) =>
    names
      .filter((name) => !variableOf(example, name, service, settings.naming))
      .map((name) => raise(CHECKS.staleExample, example.place, { name, service, file: example.place.path })),
  );
}
