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
