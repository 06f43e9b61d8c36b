// Numbers and times for people. Everything takes its locale; null is always the caller's "no data".

export function formatRate(perSecond: number, locale: string): string {
  const digits = perSecond >= 100 ? 0 : perSecond >= 10 ? 1 : 2;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(perSecond);
}

/** 0.0123 → "1.2%". Below one in a thousand two more digits: 0.0004 must not read as zero. */
export function formatRatio(ratio: number, locale: string): string {
  const digits = ratio === 0 ? 0 : ratio < 0.001 ? 3 : ratio < 0.1 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(ratio);
}

/** Milliseconds below a second, seconds above. */
export function formatMs(ms: number, locale: string): string {
  if (ms >= 1_000) {
    const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: ms >= 10_000 ? 0 : 1 });
    return `${seconds.format(ms / 1_000)} s`;
  }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: ms < 10 ? 1 : 0 }).format(ms)} ms`;
}

export function formatBytes(bytes: number, locale: string): string {
  const mib = bytes / 2 ** 20;
  if (mib >= 1024) {
    return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(mib / 1024)} GiB`;
  }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(mib)} MiB`;
}

/** A measured value in the unit its rule names. A unit we do not know stands behind the number as it is. */
export function formatMeasure(value: number, unit: string, locale: string): string {
  switch (unit) {
    case "ratio":
      return formatRatio(value, locale);
    case "ms":
      return formatMs(value, locale);
    case "bytes":
      return formatBytes(value, locale);
    case "JPY":
    case "USD":
      return new Intl.NumberFormat(locale, { style: "currency", currency: unit }).format(value);
    default: {
      const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
      return unit === "" || unit === "count"
        ? number
        : /^[%/]/.test(unit)
          ? `${number}${unit}`
          : `${number} ${unit}`;
    }
  }
}

export type Age = { unit: "seconds" | "minutes" | "hours" | "days"; count: number };

/** The largest whole unit, rounded down: "2 min" until the third is over. */
export function ageOf(ms: number): Age {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return { unit: "seconds", count: seconds };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return { unit: "minutes", count: minutes };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { unit: "hours", count: hours };
  return { unit: "days", count: Math.floor(hours / 24) };
}

/** "14:03:21", in the reader's zone. */
export function formatClock(at: Date, locale: string, timeZone?: string): string {
  const twoDigits = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale, { ...twoDigits, hourCycle: "h23", timeZone }).format(at);
}

/** Date, time and zone, for hovering. */
export function formatAbsolute(at: Date, locale: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    timeZone,
  }).format(at);
}

/** "sha256:3f2a9c…" → "3f2a9c1d". */
export const shortDigest = (digest: string): string => digest.replace(/^sha\d+:/, "").slice(0, 8);
