/** Whether a cron schedule starts runs ten minutes apart or less. */
export function isFrequent(schedule: string): boolean {
  const every = /^@every\s+(\d+)(s|m|h)/.exec(schedule.trim());
  if (every) return every[2] === "s" || (every[2] === "m" && Number(every[1]) <= 10);
  const [minute, hour] = schedule
    .replace(/^(CRON_)?TZ=\S+\s+/, "")
    .trim()
    .split(/\s+/);
  if (!minute || !hour || minute.startsWith("@")) return false;
  if (!/^\*|\/1$|-|,/.test(hour) && hour !== "*") return false;
  const step = /\/(\d+)$/.exec(minute);
  if (step) return Number(step[1]) <= 10;
  return minute === "*" || minute.split(",").length >= 6;
}

const RANGES: [number, number][] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** Whether five cron fields hold only numbers that cron accepts; names, macros and extensions pass. */
export function isSchedule(schedule: string): boolean {
  const fields = schedule
    .replace(/^(CRON_)?TZ=\S+\s+/, "")
    .trim()
    .split(/\s+/);
  if (fields[0]?.startsWith("@")) return true;
  if (fields.length !== 5) return false;
  return fields.every((field, index) => {
    const [low, high] = RANGES[index]!;
    return field.split(",").every((part) => {
      const [range, step] = part.split("/", 2) as [string, string?];
      if (step !== undefined && !/^[1-9]\d*$/.test(step)) return false;
      const ends = range.split("-");
      return (
        ends.every((end) => (/^\d+$/.test(end) ? Number(end) >= low && Number(end) <= high : end !== "")) &&
        !(ends.length === 2 && Number(ends[0]) > Number(ends[1]) && index < 4)
      );
    });
  });
}
