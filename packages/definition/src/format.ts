import type { Value } from "./model/values.ts";

const UNITS: [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** A value as people read it: "30 min", "0.1 %", "10 → 50 → 100 %", "150 ms / 300 ms". Statements are "". */
export function amountOf(value: Value): string {
  switch (value.kind) {
    case "duration": {
      const [unit, name] = UNITS.find(([size]) => value.ms >= size && value.ms % size === 0) ?? [1, "ms"];
      return `${value.ms / unit} ${name}`;
    }
    case "ratio":
      return `${Number((value.ratio * 100).toPrecision(12))} %`;
    case "count":
      return String(value.count);
    case "money":
      return value.currency === "JPY" ? `¥${value.amount}` : `$${value.amount}`;
    case "rate":
      return value.perSecond >= 1 || value.perSecond === 0
        ? `${value.perSecond} /s`
        : `${Number((value.perSecond * 60).toPrecision(12))} /min`;
    case "size":
      return value.bytes % 1_048_576 === 0 ? `${value.bytes / 1_048_576} MiB` : `${value.bytes} B`;
    case "steps":
      return `${value.percents.join(" → ")} %`;
    case "choice":
      return value.choice;
    case "statement":
      return "";
    case "thresholds":
      return `${amountOf(value.warning)} / ${amountOf(value.critical)}`;
  }
}
