import { type Commitment, sizeOf } from "@toban/definition";
import { type AlertRule, compileAlerts, decide, initialMemory } from "../../alerting/index.ts";
import { fail, pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

type Level = "none" | "warning" | "critical";
type Boundary = {
  rules: {
    id: string;
    commitment: string | null;
    warning: number;
    critical: number;
    levels: Record<string, Level>;
  }[];
};

/**
 * The boundary method: the rules of the definition in force, run through the very state machine that
 * pages, with values just below, at and above each threshold, with no data and with no traffic.
 */
export const alertBoundary: Kind<Boundary> = {
  kind: "alert.boundary",
  async measure({ operations }) {
    return {
      rules: compileAlerts(operations).map(({ rule, alert }) => ({
        id: rule.id,
        commitment: alert.thresholds.commitment ?? null,
        warning: rule.warning,
        critical: rule.critical,
        levels: Object.fromEntries(
          Object.entries(cases(rule.warning, rule.critical)).map(([name, sample]) => [
            name,
            reached(rule, sample),
          ]),
        ),
      })),
    };
  },
  judge({ rules }, commitment) {
    const bound = rules.filter((rule) => rule.commitment === commitment.id);
    if (commitment.value.kind !== "thresholds" || bound.length === 0) {
      return fail(
        "no_rule",
        "no rule",
        text("No alert of the definition uses these thresholds.", "このしきい値を使うアラートがありません。"),
        text(
          "Give an alert the commitment itself as its thresholds.",
          "アラートのしきい値に約束の値そのものを指定してください。",
        ),
      );
    }
    const due = {
      warning: sizeOf(commitment.value.warning),
      critical: sizeOf(commitment.value.critical),
    };
    const faults = bound.flatMap((rule) => [
      ...(rule.warning === due.warning && rule.critical === due.critical
        ? []
        : [`${rule.id} has other thresholds`]),
      ...Object.entries(EXPECTED).flatMap(([name, level]) =>
        rule.levels[name] === level
          ? []
          : [`${rule.id} ${name}: ${rule.levels[name] ?? "nothing"}, not ${level}`],
      ),
    ]);
    return noFaults(
      faults,
      () =>
        pass(
          `${bound.length} rules: ${Object.keys(EXPECTED).length} cases each`,
          text(
            "Nothing below, a warning at the first and critical at the second threshold; no data never fires.",
            "下回れば発報せず、第一のしきい値で警告、第二で重大になり、データ欠落では発報しません。",
          ),
        ),
      "boundary_wrong",
      `${faults.length} faults`,
      text(
        "Correct the rule or the state machine; see the named case.",
        "示された条件の規則を直してください。",
      ),
    );
  },
  mutants(commitment) {
    const good = rulesAsPromised(commitment);
    const change = (part: Partial<Boundary["rules"][number]>) => ({ rules: [{ ...good, ...part }] });
    return {
      "no rule": { rules: [] },
      "another warning threshold": change({ warning: good.warning * 1.01 + 1e-9 }),
      "fires one step late": change({ levels: { ...good.levels, "at warning": "none" } }),
      "fires without data": change({ levels: { ...good.levels, "no data": "warning" } }),
    };
  },
};

const EXPECTED: Record<string, Level> = {
  "below warning": "none",
  "at warning": "warning",
  "below critical": "warning",
  "at critical": "critical",
  "above critical": "critical",
  "no data": "none",
  "no traffic": "none",
};

type Sample = { value: number | null; samples: number };

function cases(warning: number, critical: number): Record<string, Sample> {
  const many = 1_000_000;
  return {
    "below warning": { value: warning * (1 - 1e-6), samples: many },
    "at warning": { value: warning, samples: many },
    "below critical": { value: critical * (1 - 1e-6), samples: many },
    "at critical": { value: critical, samples: many },
    "above critical": { value: critical * 1.5, samples: many },
    "no data": { value: null, samples: 0 },
    "no traffic": { value: 0, samples: 0 },
  };
}

/** The level that fires when the sample is seen again and again for longer than the rule holds on. */
function reached(rule: AlertRule, sample: Sample): Level {
  const start = 0;
  const everyMs = 2_000;
  let memory = initialMemory(new Date(start));
  for (let at = start; at <= start + rule.forMs + 2 * everyMs; at += everyMs) {
    memory = decide(memory, sample, rule, new Date(at), () => "proof").memory;
  }
  return memory.state === "firing" ? (memory.level ?? "none") : "none";
}

function rulesAsPromised(commitment: Commitment): Boundary["rules"][number] {
  const { value } = commitment;
  const [warning, critical] =
    value.kind === "thresholds" ? [sizeOf(value.warning), sizeOf(value.critical)] : [0, 0];
  return { id: "mutant", commitment: commitment.id, warning, critical, levels: { ...EXPECTED } };
}

type OfLimit = {
  rules: { id: string; limit: number; warning: number; critical: number; levels: Record<string, Level> }[];
};

/**
 * The same for rules that see bytes where a share of the memory limit is promised. `parameters.alerts`: alert →
 * service whose limit it is; every one of them has to turn at the promised shares, to the byte.
 */
export const alertBoundaryOfLimit: Kind<OfLimit> = {
  kind: "alert.boundary-of-limit",
  async measure({ operations }, _ctx, parameters) {
    const watched = parameters.alerts as Record<string, string>;
    return {
      rules: compileAlerts(operations)
        .filter(({ rule }) => rule.id in watched)
        .map(({ rule }) => ({
          id: rule.id,
          limit: operations.services[watched[rule.id] ?? ""]?.memoryLimit?.bytes ?? 0,
          warning: rule.warning,
          critical: rule.critical,
          levels: Object.fromEntries(
            Object.entries(cases(rule.warning, rule.critical)).map(([name, sample]) => [
              name,
              reached(rule, sample),
            ]),
          ),
        })),
    };
  },
  judge({ rules }, { value }, parameters) {
    const [warning, critical] =
      value.kind === "thresholds"
        ? [sizeOf(value.warning), sizeOf(value.critical)]
        : [Number.NaN, Number.NaN];
    const isShare = (bytes: number, limit: number, share: number) => Math.abs(bytes - limit * share) < 1;
    const faults = [
      ...Object.keys(parameters.alerts as object)
        .filter((id) => !rules.some((rule) => rule.id === id))
        .map((id) => `there is no alert ${id}`),
      ...rules.flatMap((rule) => [
        ...(rule.limit > 0 ? [] : [`${rule.id}: its service has no memory limit`]),
        ...(isShare(rule.warning, rule.limit, warning) && isShare(rule.critical, rule.limit, critical)
          ? []
          : [`${rule.id} turns at ${rule.warning} and ${rule.critical} of ${rule.limit} bytes`]),
        ...Object.entries(EXPECTED)
          .filter(([name, level]) => rule.levels[name] !== level)
          .map(([name, level]) => `${rule.id} ${name}: ${rule.levels[name] ?? "nothing"}, not ${level}`),
      ]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${rules.length} rules at ${warning * 100} % and ${critical * 100} % of ${rules[0]?.limit} bytes: ${Object.keys(EXPECTED).length} cases each`,
          text("Every rule turns at the promised share.", "どの規則も約束の割合で発報します。"),
        ),
      "share_wrong",
      `${faults.length} faults`,
      text(
        "Compute the bytes from the commitment and the limit.",
        "約束の値と上限からバイト数を計算してください。",
      ),
    );
  },
  mutants({ value }, parameters) {
    const [warning, critical] =
      value.kind === "thresholds" ? [sizeOf(value.warning), sizeOf(value.critical)] : [0, 0];
    const limit = 1_000;
    const good = Object.keys(parameters.alerts as object).map((id) => ({
      ...{ id, limit, warning: limit * warning, critical: limit * critical, levels: { ...EXPECTED } },
    }));
    const [first, ...others] = good;
    const change = (part: Partial<OfLimit["rules"][number]>) => ({
      rules: [{ ...first!, ...part }, ...others],
    });
    return {
      "a rule is missing": { rules: others },
      "another share": change({ warning: limit * warning + 10 }),
      "no limit": change({ limit: 0 }),
      "fires one step late": change({ levels: { ...EXPECTED, "at critical": "warning" } }),
    };
  },
};
