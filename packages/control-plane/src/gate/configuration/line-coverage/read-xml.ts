import { type Coverage, lineCounts, ofCounts, ofPercent } from "./counts.ts";
import { scanXml } from "./xml.ts";

/** Cobertura, JaCoCo and Clover; null when the text is none of them or not complete. */
export function readXml(text: string): Coverage | null {
  const lines = lineCounts();
  let root = "";
  let kind: "cobertura" | "jacoco" | "clover" | null = null;
  let file = "";
  let at: Date | null = null;
  let stated: Coverage | null = null;
  const total = { missed: 0, covered: 0 };
  const complete = scanXml(text, ({ name, attributes, parents }) => {
    const number = (key: string) => Number(attributes.get(key) ?? Number.NaN);
    if (parents.length === 0) {
      root = name;
      at = timeOf(attributes.get("timestamp") ?? attributes.get("generated"));
      if (name === "report") kind = "jacoco";
      if (name === "coverage")
        kind = attributes.has("generated") || attributes.has("clover") ? "clover" : "cobertura";
      if (kind === "cobertura") {
        stated =
          ofCounts(number("lines-covered"), number("lines-valid")) ?? rateOf(attributes.get("line-rate"));
      }
    }
    if (kind === "jacoco") {
      if (name === "sessioninfo") at = timeOf(attributes.get("dump")) ?? at;
      if (name === "counter" && parents.length === 1 && attributes.get("type") === "LINE") {
        total.missed += number("missed");
        total.covered += number("covered");
      }
    } else {
      if (name === "class") file = attributes.get("filename") ?? attributes.get("name") ?? "";
      if (name === "file") file = attributes.get("path") ?? attributes.get("name") ?? "";
      // The lines of a class are listed again under its methods: by file and line they count once.
      const counts = kind === "cobertura" ? "hits" : attributes.get("type") === "stmt" ? "count" : "";
      if (name === "line" && counts !== "") {
        lines.add(file, number(kind === "cobertura" ? "number" : "num"), number(counts));
      }
    }
  });
  if (!complete || kind === null || root === "") return null;
  const found =
    kind === "jacoco" ? ofCounts(total.covered, total.covered + total.missed) : (lines.result() ?? stated);
  return found ? { ...found, at } : null;
}

function rateOf(rate: string | undefined): Coverage | null {
  return rate === undefined ? null : ofPercent(Math.round(Number(rate) * 1e8) / 1e6);
}

/** Seconds or milliseconds since 1970, or a date. */
function timeOf(text: string | undefined): Date | null {
  if (!text) return null;
  const number = Number(text);
  const time = Number.isFinite(number) ? new Date(number < 1e11 ? number * 1000 : number) : new Date(text);
  return Number.isNaN(time.getTime()) ? null : time;
}
