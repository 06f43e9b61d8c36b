import { DEPLOYMENT_CHECKS as C } from "./checks.ts";
import { deletesAll, isPackageManager, split } from "./commands.ts";
import { COUNTS_TWICE } from "./kubernetes/jobs.ts";
import { isFrequent, isSchedule } from "./schedule.ts";
import { report, type Scope, shown } from "./scope.ts";
import { judgeGrace, judgeVariable, seconds } from "./shared.ts";

const ENTRY =
  /^\s*(@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)|(?:[\d*,/A-Za-z-]+\s+){4}[\d*,/A-Za-z-]+)\s+(\S.*)$/;
const LOCK =
  /\b(flock|setlock|chpst\s+-l|run-one|solo|lockrun|cronlock|with-lock|with-lock-ex|systemctl\s+start)\b|--(single|lock|exclusive)\b/;

/** Whether a text has the lines of a crontab. */
export const looksLikeCrontab = (text: string): boolean => {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  return lines.length > 0 && lines.every((line) => ENTRY.test(line) || /^\s*[A-Z_]\w*\s*=/i.test(line));
};

/** Judges a crontab, of a user or of the system. */
export function judgeCrontab(scope: Scope): void {
  let start = 0;
  let found = 0;
  for (const line of scope.file.text.split("\n")) {
    const span = {
      start: start + (line.length - line.trimStart().length),
      end: start + line.trimEnd().length,
    };
    start += line.length + 1;
    if (/^\s*(#|$)/.test(line)) continue;
    const variable = /^\s*([A-Za-z_]\w*)\s*=\s*["']?(.*?)["']?\s*$/.exec(line);
    const job = ENTRY.exec(line);
    if (job && !isSchedule(job[1]!)) {
      found++;
      report(scope, C.unparseable, span, { error: `no schedule that cron accepts: ${shown(job[1]!)}` });
    } else if (job) {
      found++;
      judgeEntry(scope, span, job[1]!, job[2]!);
    } else if (variable) judgeVariable(scope, span, variable[1]!, variable[2]!);
    else report(scope, C.unparseable, span, { error: "this line is no cron entry" });
  }
  if (found === 0)
    report(scope, C.malformed, undefined, {
      what: "The crontab has no entries.",
      whatJa: "crontab に項目がない。",
    });
}

function judgeEntry(
  scope: Scope,
  span: { start: number; end: number },
  schedule: string,
  command: string,
): void {
  const name = shown(command);
  if (!LOCK.test(command)) {
    const often = isFrequent(schedule);
    if (often) report(scope, C.overlappingRuns, span, { name, schedule });
    else {
      const twice = COUNTS_TWICE.test(command.replace(/[-_/.]/g, " ")) && /^(\*|@hourly)/.test(schedule);
      report(scope, twice ? C.overlappingRuns : C.cronWithoutLock, span, { name, schedule, command: name });
    }
  }
  if (/(&>|>\s*)\/dev\/null(\s+2>&1)?\s*$|>\s*\/dev\/null\s+2>\s*(\/dev\/null|&1)/.test(command))
    report(scope, C.cronOutputDiscarded, span, { command: name });
  const deleted = deletesAll(command);
  if (deleted) report(scope, C.deleteAndReload, span, { name, what: deleted });
  for (const [, key, value] of command.matchAll(/\b([A-Z][A-Z0-9_]{2,40})=(?:"([^"]{0,200})"|(\S{1,200}))/g))
    judgeVariable(scope, span, key!, value ?? "");
}

/** Judges a systemd service; timers and other units have nothing that blocks. */
export function judgeUnit(scope: Scope): void {
  const values = new Map<string, { value: string; span: { start: number; end: number } }>();
  let start = 0;
  let section = "";
  let sections = 0;
  for (const line of scope.file.text.split("\n")) {
    const span = { start, end: start + line.length };
    start += line.length + 1;
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\s*\[(\w+)\]\s*$/.exec(line);
    const pair = /^\s*([A-Za-z]+)\s*=\s*(.*)$/.exec(line);
    if (header) {
      section = header[1]!;
      sections++;
    } else if (pair) {
      values.set(`${section}.${pair[1]}`, { value: pair[2]!.trim(), span });
      if (pair[1] === "Environment")
        for (const one of pair[2]!.matchAll(/"?([A-Za-z_]\w*)=([^"\s]*)"?/g))
          judgeVariable(scope, span, one[1]!, one[2]!);
    }
  }
  if (sections === 0) {
    report(scope, C.malformed, undefined, {
      what: "The unit has no sections.",
      whatJa: "ユニットにセクションがない。",
    });
    return;
  }
  const start_ = values.get("Service.ExecStart");
  if (!start_) return;
  const once = /oneshot/.test(values.get("Service.Type")?.value ?? "");
  const command = start_.value.replace(/^[-@:+!]+/, "");
  const deleted = deletesAll(command);
  if (deleted) report(scope, C.deleteAndReload, start_.span, { name: shown(command), what: deleted });
  const restart = values.get("Service.Restart");
  if (!once && (!restart || restart.value === "no"))
    report(scope, C.noRestart, restart?.span ?? start_.span, { name: shown(command) });
  const signal = values.get("Service.KillSignal");
  if (signal && /^(SIG)?KILL$|^9$/.test(signal.value))
    report(scope, C.killSignal, signal.span, { where: "KillSignal" });
  const stop = values.get("Service.TimeoutStopSec");
  // 0 and infinity mean that systemd waits for ever.
  const grace = seconds(stop?.value);
  if (stop && grace !== 0 && !once) judgeGrace(scope, stop.span, "TimeoutStopSec", grace);
  if (!values.get("Service.User") && values.get("Service.DynamicUser")?.value !== "yes" && !once)
    report(scope, C.runsAsRoot, start_.span, { name: shown(command) });
  if (!once && isPackageManager(split(command)))
    report(scope, C.packageManagerFirst, start_.span, { command: shown(command) }, "warn");
}
