import { DEPLOYMENT_CHECKS as C } from "../checks.ts";
import { at, entry, items, number, text, texts } from "../node.ts";
import { isFrequent } from "../schedule.ts";
import { report } from "../scope.ts";
import { isPatch, podOf, type Resource } from "./resources.ts";

/** Work whose second run books, sends or loads a second time. */
export const COUNTS_TWICE =
  /\b(bill(s|ing)?|charges?|payments?|payouts?|invoices?|settle(ment)?s?|transfers?|mail(er|s)?|e-?mails?|notif(y|ications?)|remind(er)?s?|imports?|loads?|ingest|etl|sync|dunning|credits?|debits?)\b/i;

/** Job and CronJob: overlap, bounds, restarts. */
export function judgeJob(one: Resource): void {
  const { scope, node, name } = one;
  const cron = one.kind === "CronJob";
  const patch = isPatch(one);
  const spec = cron ? at(node, "spec", "jobTemplate", "spec") : at(node, "spec");
  const pod = podOf(one);
  if (cron && !patch) {
    const scheduled = at(node, "spec", "schedule");
    const schedule = text(scheduled);
    const policy = at(node, "spec", "concurrencyPolicy");
    if (!schedule)
      report(scope, C.malformed, node, {
        what: `The CronJob ${name} has no schedule.`,
        whatJa: `CronJob ${name} に schedule がない。`,
      });
    else if ((text(policy) ?? "Allow") === "Allow") {
      const words = items(at(pod, "containers")).flatMap((container) => [
        ...texts(at(container, "command")),
        ...texts(at(container, "args")),
        text(at(container, "image")) ?? "",
      ]);
      const twice = COUNTS_TWICE.test([name, ...words].join(" ").replace(/[-_/]/g, " "));
      const severe = policy !== undefined || isFrequent(schedule) || twice;
      report(scope, C.overlappingRuns, policy ?? scheduled, { name, schedule }, severe ? "block" : "warn");
    }
  }
  const restart = at(pod, "restartPolicy");
  if (text(restart) === "Always" || (!patch && !restart))
    report(scope, C.jobRestartsAlways, restart ?? entry(node, "kind") ?? node, {
      name,
      setting: restart ? "restartPolicy: Always" : "no restartPolicy (the default is Always)",
    });
  const backoff = at(spec, "backoffLimit");
  if ((number(backoff) ?? 0) > 20)
    report(scope, C.jobRestartsAlways, backoff, { name, setting: `backoffLimit: ${text(backoff)}` }, "warn");
  if (patch) return;
  const missing = ["activeDeadlineSeconds", "backoffLimit"].filter(
    (key) => !at(spec, key) && !(key === "activeDeadlineSeconds" && at(pod, key)),
  );
  if (missing.length > 0)
    report(scope, C.unboundedJob, entry(node, "kind") ?? node, { name, what: missing.join(", ") });
}
