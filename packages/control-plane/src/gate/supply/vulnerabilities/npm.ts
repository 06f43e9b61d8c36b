import { isRecord, type Json, listOf, recordOf, textOf, textsOf } from "../json.ts";
import { type Level, levelOfRating, levelOfWord, rank, worst } from "./cvss.ts";
import { idInUrl, idOf, type Observation, type Problem, type Scan } from "./scan.ts";

/** `npm audit --json` of npm 7 and later: packages with the advisories, or the packages, they are hit through. */
export function readNpmAudit(report: Json): Scan {
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  const vulnerabilities = recordOf(report.vulnerabilities);
  const counted: Level[] = [];
  for (const [name, value] of Object.entries(vulnerabilities)) {
    const entry = recordOf(value);
    const level = levelOfWord(entry.severity);
    if (level !== undefined) counted.push(level);
    if (!isRecord(value) || !Array.isArray(entry.via)) {
      problems.push({ kind: "incomplete", detail: `vulnerabilities["${name}"].via` });
    }
    const own = listOf(entry.via).flatMap((via) => (isRecord(via) ? [advisory(via, name, entry)] : []));
    const through = textsOf(entry.via);
    const explained = through.some((other) => Object.hasOwn(vulnerabilities, other));
    if (!explained && own.length > 0) raiseTo(own, level);
    if (!explained && own.length === 0) {
      // Nothing in the report says which advisory it is, but npm rates the package all the same.
      observations.push({
        ids: [idOf(`npm:${name}`)],
        package: name,
        versions: [],
        fixedIn: [],
        ...rated(level),
      });
    }
    observations.push(...own);
  }
  if (!isRecord(report.vulnerabilities)) problems.push({ kind: "incomplete", detail: "vulnerabilities" });
  return { tool: "npm audit", observations, problems: [...problems, ...miscounted(report, counted)] };
}

const rated = (level: Level | undefined) => (level === undefined ? {} : { level });

function advisory(via: Json, name: string, entry: Json): Observation {
  const source = via.source === undefined ? textOf(via.title) : String(via.source);
  const score = Number(recordOf(via.cvss).score);
  const fix = recordOf(entry.fixAvailable);
  return {
    ids: [idInUrl(textOf(via.url)) ?? idOf(`npm:${source ?? name}`), ...textsOf(via.cves).map(idOf)],
    package: textOf(via.dependency) ?? textOf(via.name) ?? name,
    versions: textOf(via.range) === undefined ? [] : [textOf(via.range)!],
    // npm writes the score 0 where the advisory has none.
    ...rated(levelOfWord(via.severity) ?? (score > 0 ? levelOfRating(score) : undefined)),
    fixedIn: textOf(fix.version) === undefined ? [] : [`${textOf(fix.name) ?? name}@${textOf(fix.version)}`],
  };
}

/** npm's rating of the package is the worst of its advisories; where it is higher, the higher one holds. */
function raiseTo(own: Observation[], level: Level | undefined): void {
  const known = worst(own.flatMap((one) => one.level ?? []));
  if (level === undefined || (known !== undefined && rank(known) >= rank(level))) return;
  for (const one of own) one.level = level;
}

/** A report whose own totals say more than it shows was cut or edited. */
function miscounted(report: Json, shown: Level[]): Problem[] {
  const totals = recordOf(recordOf(report.metadata).vulnerabilities);
  return (["critical", "high"] as const).flatMap((level) => {
    const total = totals[level];
    const listed = shown.filter((one) => one === level).length;
    return typeof total === "number" && total > listed
      ? [
          {
            kind: "incomplete" as const,
            detail: `metadata.vulnerabilities.${level}: ${total}, listed: ${listed}`,
          },
        ]
      : [];
  });
}

/** `npm audit --json` of npm 6 and `pnpm audit --json`: advisories by number. */
export function readNpm6Audit(report: Json): Scan {
  const problems: Problem[] = [];
  const advisories = Object.entries(recordOf(report.advisories));
  const observations = advisories.flatMap(([number, value]) => {
    const observation = advisory6(number, recordOf(value));
    if (observation === undefined) problems.push({ kind: "incomplete", detail: `advisories["${number}"]` });
    return observation ?? [];
  });
  if (advisories.length === 0) problems.push(...miscounted(report, []));
  return { tool: "npm audit", observations, problems };
}

function advisory6(number: string, value: Json): Observation | undefined {
  const name = textOf(value.module_name);
  if (name === undefined) return undefined;
  const github = textOf(value.github_advisory_id) ?? idInUrl(textOf(value.url));
  const ids = [...(github === undefined ? [] : [github]), ...textsOf(value.cves)].map(idOf);
  const found = listOf(value.findings).flatMap((finding) => textOf(recordOf(finding).version) ?? []);
  const score = Number(recordOf(value.cvss).score);
  return {
    ids: ids.length > 0 ? ids : [idOf(`npm:${number}`)],
    package: name,
    versions: [...new Set(found)],
    ...rated(levelOfWord(value.severity) ?? (score > 0 ? levelOfRating(score) : undefined)),
    fixedIn: textOf(value.patched_versions) === undefined ? [] : [textOf(value.patched_versions)!],
  };
}

/** `yarn audit --json` of Yarn 1: one JSON object a line, closed by a summary. Undefined when it is something else. */
export function readYarnAudit(text: string): Scan | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  let summary = false;
  for (const [index, line] of lines.entries()) {
    let entry: Json;
    try {
      entry = recordOf(JSON.parse(line));
    } catch {
      return undefined;
    }
    const data = recordOf(entry.data);
    if (index === 0 && !/^(audit|info|warning|error|activity)/.test(String(entry.type))) return undefined;
    if (entry.type === "auditSummary") summary = true;
    if (entry.type === "error") problems.push({ kind: "failed", detail: String(entry.data).slice(0, 200) });
    if (entry.type !== "auditAdvisory") continue;
    const observation = advisory6("?", recordOf(data.advisory));
    if (observation === undefined) problems.push({ kind: "incomplete", detail: `line ${index + 1}` });
    else observations.push(observation);
  }
  if (!summary) problems.push({ kind: "incomplete", detail: "auditSummary" });
  return { tool: "yarn audit", observations, problems };
}

const UNREACHABLE =
  /ENOAUDIT|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|CERT|E[45]\d\d|getaddrinfo|audit endpoint|request to |timed? ?out|network/i;

/** What npm and pnpm print instead of a report when they could not audit; undefined for anything else. */
export function failureIn(report: Json): Problem | undefined {
  const error = recordOf(report.error);
  const parts = [textOf(report.error), error.code, error.summary ?? error.message, error.detail].map(textOf);
  const told = parts.filter((part) => part !== undefined).join(" ");
  const request = textOf(report.message);
  // npm leaves the error empty and says in `message` which request failed.
  if (told !== "") return failure(request === undefined ? told : `${told} ${request}`);
  const isRequest = isRecord(report.error) || ["statusCode", "uri", "method"].some((key) => key in report);
  if (request !== undefined && isRequest) return { kind: "unreachable", detail: request.slice(0, 200) };
  return isRecord(report.error) ? { kind: "failed", detail: "error" } : undefined;
}

const failure = (detail: string): Problem => ({
  kind: UNREACHABLE.test(detail) ? "unreachable" : "failed",
  detail: detail.trim().slice(0, 200),
});
