import { type Coverage, isRecord, lineCounts, ofCounts, ofPercent } from "./counts.ts";
import { readXml } from "./read-xml.ts";

/**
 * The line coverage that a report states, by its content: Istanbul (summary, final, text), LCOV, Cobertura, JaCoCo
 * (XML, CSV), Clover, llvm-cov, coverage.py, SimpleCov, Go. Null when it is none of them or holds no lines.
 */
export function readCoverage(text: string): Coverage | null {
  const start = text.trimStart().replace(/^﻿/, "");
  if (start === "") return null;
  if (start.startsWith("<")) return readXml(start);
  if (start.startsWith("{") || start.startsWith("[")) return readJson(start);
  if (/^mode: (set|count|atomic)\s/.test(start)) return readGo(start);
  if (/^GROUP,PACKAGE,CLASS,/.test(start)) return readJacocoCsv(start);
  if (/^(TN:|SF:)/m.test(start.slice(0, 5000))) return readLcov(start);
  return readText(start);
}

function readJson(text: string): Coverage | null {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(root)) return null;
  return readSummary(root) ?? readLlvm(root) ?? readPython(root) ?? readSimplecov(root) ?? readFinal(root);
}

function readSummary(root: Record<string, unknown>): Coverage | null {
  const lines = isRecord(root.total) ? root.total.lines : undefined;
  if (!isRecord(lines)) return null;
  return ofCounts(lines.covered, lines.total) ?? ofPercent(lines.pct);
}

/** `cargo llvm-cov --json` and `llvm-cov export`. */
function readLlvm(root: Record<string, unknown>): Coverage | null {
  if (root.type !== "llvm.coverage.json.export" || !Array.isArray(root.data)) return null;
  let covered = 0;
  let total = 0;
  for (const one of root.data) {
    const totals = isRecord(one) && isRecord(one.totals) ? one.totals.lines : undefined;
    if (!isRecord(totals) || typeof totals.count !== "number" || typeof totals.covered !== "number")
      return null;
    covered += totals.covered;
    total += totals.count;
  }
  return ofCounts(covered, total);
}

function readPython(root: Record<string, unknown>): Coverage | null {
  if (!isRecord(root.totals) || !isRecord(root.meta)) return null;
  const at = typeof root.meta.timestamp === "string" ? new Date(root.meta.timestamp) : null;
  return ofCounts(root.totals.covered_lines, root.totals.num_statements, at);
}

function readSimplecov(root: Record<string, unknown>): Coverage | null {
  if (isRecord(root.result)) return ofPercent(root.result.line ?? root.result.covered_percent);
  const lines = lineCounts();
  let at: Date | null = null;
  for (const suite of Object.values(root)) {
    if (!isRecord(suite) || !isRecord(suite.coverage)) return null;
    if (typeof suite.timestamp === "number") at = new Date(suite.timestamp * 1000);
    for (const [file, one] of Object.entries(suite.coverage)) {
      const hits = isRecord(one) ? one.lines : one;
      if (!Array.isArray(hits)) return null;
      for (const [index, count] of hits.entries()) {
        if (typeof count === "number") lines.add(file, index + 1, count);
      }
    }
  }
  return lines.result(at);
}

/** `coverage-final.json`: a line counts as covered when a statement that starts on it has run. */
function readFinal(root: Record<string, unknown>): Coverage | null {
  const lines = lineCounts();
  for (const [file, one] of Object.entries(root)) {
    if (!isRecord(one)) return null;
    const data = isRecord(one.data) ? one.data : one;
    const { statementMap, s } = data;
    if (!isRecord(statementMap) || !isRecord(s)) return null;
    for (const [id, statement] of Object.entries(statementMap)) {
      const start = isRecord(statement) ? statement.start : undefined;
      if (!isRecord(start) || typeof start.line !== "number" || typeof s[id] !== "number") return null;
      lines.add(file, start.line, s[id]);
    }
  }
  return lines.result();
}

function readLcov(text: string): Coverage | null {
  const lines = lineCounts();
  let file = "";
  let found = 0;
  let hit = 0;
  let summed = false;
  let complete = true;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("SF:")) {
      if (!complete) return null;
      file = line.slice(3);
      complete = false;
    } else if (line.startsWith("DA:")) {
      const match = /^DA:(\d+),(-?\d+)/.exec(line);
      if (!match) return null;
      lines.add(file, Number(match[1]), Number(match[2]));
    } else if (/^LF:\d+$/.test(line)) {
      found += Number(line.slice(3));
      summed = true;
    } else if (/^LH:\d+$/.test(line)) hit += Number(line.slice(3));
    else if (line === "end_of_record") complete = true;
  }
  // A record without its end is a report that was cut off.
  if (!complete) return null;
  return lines.result() ?? (summed ? ofCounts(hit, found) : null);
}

/** `go test -coverprofile`: blocks of statements, as `go tool cover` counts them. */
function readGo(text: string): Coverage | null {
  const blocks = new Map<string, { statements: number; hit: boolean }>();
  for (const line of text.split("\n").slice(1)) {
    if (line.trim() === "") continue;
    const match = /^(\S+:\d+\.\d+,\d+\.\d+) (\d+) (\d+)\s*$/.exec(line);
    if (!match) return null;
    const earlier = blocks.get(match[1]!)?.hit ?? false;
    blocks.set(match[1]!, { statements: Number(match[2]), hit: earlier || Number(match[3]) > 0 });
  }
  let covered = 0;
  let total = 0;
  for (const { statements, hit } of blocks.values()) {
    total += statements;
    if (hit) covered += statements;
  }
  return ofCounts(covered, total);
}

function readJacocoCsv(text: string): Coverage | null {
  const [head, ...rows] = text.split("\n").filter((line) => line.trim() !== "");
  const names = head!.trim().split(",");
  const missedAt = names.indexOf("LINE_MISSED");
  const coveredAt = names.indexOf("LINE_COVERED");
  if (missedAt < 0 || coveredAt < 0) return null;
  let covered = 0;
  let missed = 0;
  for (const row of rows) {
    const cells = row.trim().split(",");
    if (cells.length !== names.length) return null;
    covered += Number(cells[coveredAt]);
    missed += Number(cells[missedAt]);
  }
  return ofCounts(covered, covered + missed);
}

/** The table or the summary that c8, nyc and vitest print; the name of the column decides, not its place. */
function readText(text: string): Coverage | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours stand in a report that was piped
  const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
  const summary = /^\s*Lines\s*:\s*(\d+(?:\.\d+)?)%\s*(?:\(\s*(\d+)\/(\d+)\s*\))?/m.exec(plain);
  if (summary?.[3]) return ofCounts(Number(summary[2]), Number(summary[3]));
  if (summary) return ofPercent(Number(summary[1]));
  const rows = plain.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const column = rows.find((row) => row.includes("% Lines"))?.indexOf("% Lines");
  const all = rows.find((row) => /^All files$/i.test(row[0] ?? ""));
  if (column === undefined || !all) return null;
  const cell = all[column] ?? "";
  return /^\d+(\.\d+)?$/.test(cell) ? ofPercent(Number(cell)) : null;
}
