import { createTranslator } from "use-intl";
import { describe, expect, test } from "vitest";
import { en } from "./en.ts";
import { catalogues, chooseLocale, textIn } from "./index.ts";
import { ja } from "./ja.ts";

type Tree = { [key: string]: string | Tree };

/** "age.ago" → message, for every leaf. */
function leaves(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof value === "string") found.set(path, value);
    else for (const [inner, message] of leaves(value, path)) found.set(inner, message);
  }
  return found;
}

/** Names of the values that a message takes. */
const placeholders = (message: string) =>
  [...new Set([...message.matchAll(/\{(\w+)(?=[,}])/g)].map((match) => match[1]))].sort();

const english = leaves(en);
const japanese = leaves(ja);

describe("the message catalogues", () => {
  test("have the same keys in both languages", () => {
    expect([...japanese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("take the same values in both languages", () => {
    const differing = [...english]
      .filter(([key, message]) => `${placeholders(message)}` !== `${placeholders(japanese.get(key) ?? "")}`)
      .map(([key]) => key);
    expect(differing).toEqual([]);
  });

  test("leave no message empty and none in the wrong language", () => {
    for (const [key, message] of english) {
      expect(message.trim(), key).not.toBe("");
      expect(message, key).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    }
    // Words that are the same everywhere: p50, percentiles, ids, the like.
    const untranslated = [...japanese].filter(([, message]) => !/[\u3040-\u30ff\u4e00-\u9fff]/.test(message));
    expect(untranslated.map(([key]) => key).sort()).toEqual([
      "commitments.id",
      "headline.serviceIs",
      "services.p50",
    ]);
  });

  test("can be rendered with the values they take", () => {
    const values = {
      count: 2,
      total: 3,
      age: "5 s",
      span: "5 s",
      time: "14:03",
      what: "x",
      service: "bff",
      version: "1.2.0",
      to: "1.1.0",
      from: "1.0.0",
      weight: "10%",
      state: "down",
      value: "1",
      threshold: "2",
      seconds: 10,
      unit: "hours",
      metric: "m",
      range: "r",
      now: "n",
      max: "m",
      digest: "d",
      healthy: 1,
      shown: 1,
      section: "8.2",
      status: 500,
    };
    for (const locale of ["en", "ja"] as const) {
      const failures: string[] = [];
      const t = createTranslator({
        locale,
        messages: catalogues[locale],
        onError: (error) => failures.push(error.message),
      });
      for (const key of english.keys()) {
        const render = t as (key: string, values: Record<string, string | number>) => string;
        expect(render(key, values), key).not.toContain("{");
      }
      expect(failures).toEqual([]);
    }
  });
});

describe("the language", () => {
  test("is the saved one, then the first of the browser's that we speak, then English", () => {
    expect(chooseLocale("ja", ["en-US"])).toBe("ja");
    expect(chooseLocale(null, ["fr", "ja-JP", "en"])).toBe("ja");
    expect(chooseLocale("xx", ["de"])).toBe("en");
  });

  test("of a text falls back to the other one rather than to nothing", () => {
    expect(textIn({ en: "a", ja: "b" }, "ja")).toBe("b");
    expect(textIn({ en: "a", ja: "" }, "ja")).toBe("a");
    expect(textIn(null, "en")).toBe("");
  });
});
