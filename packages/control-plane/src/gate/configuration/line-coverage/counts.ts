/** Lines of a report. `total` is 0 where it states only a percentage. `at`: when it was made, if it says so. */
export type Coverage = { percent: number; covered: number; total: number; at: Date | null };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Null for what are no counts, and for no lines at all: nothing was measured then. */
export function ofCounts(covered: unknown, total: unknown, at: Date | null = null): Coverage | null {
  if (typeof covered !== "number" || typeof total !== "number") return null;
  if (!(total > 0) || !(covered >= 0) || covered > total) return null;
  return { percent: (covered * 100) / total, covered, total, at: valid(at) };
}

export function ofPercent(percent: unknown, at: Date | null = null): Coverage | null {
  const value = typeof percent === "string" ? Number.parseFloat(percent) : percent;
  if (typeof value !== "number" || !(value >= 0 && value <= 100)) return null;
  return { percent: value, covered: 0, total: 0, at: valid(at) };
}

const valid = (at: Date | null) => (at && !Number.isNaN(at.getTime()) ? at : null);

/** Collects hits by file and line; the same line of two runs is covered when one of them hit it. */
export function lineCounts() {
  const files = new Map<string, Map<number, boolean>>();
  return {
    add(file: string, line: number, hits: number): void {
      let lines = files.get(file);
      if (!lines) {
        lines = new Map();
        files.set(file, lines);
      }
      lines.set(line, (lines.get(line) ?? false) || hits > 0);
    },
    result(at: Date | null = null): Coverage | null {
      let covered = 0;
      let total = 0;
      for (const lines of files.values()) {
        total += lines.size;
        for (const hit of lines.values()) if (hit) covered++;
      }
      return ofCounts(covered, total, at);
    },
  };
}
