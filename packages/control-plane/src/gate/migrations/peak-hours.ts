import type { MigrationSettings } from "./settings.ts";

/** Whether a moment lies in one of the windows, by the clock of their zone. A window may go past midnight. */
export function inPeakHours(hours: NonNullable<MigrationSettings["peakHours"]>, moment: Date): boolean {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: hours.zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(moment);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const days: string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const today = days.indexOf(part("weekday").toLowerCase());
  const clock = `${part("hour")}:${part("minute")}`;
  return hours.windows.some(({ days: on, from, to }) => {
    const starts = (day: number) => on === undefined || (on as string[]).includes(days[(day + 7) % 7]!);
    if (from <= to) return starts(today) && from <= clock && clock < to;
    return (starts(today) && from <= clock) || (starts(today - 1) && clock < to);
  });
}
