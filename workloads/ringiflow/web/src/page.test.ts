import { createTranslator } from "use-intl";
import { describe, expect, test } from "vitest";
import { checkDraft, type Draft, describeFile, emptyDraft, MAX_AMOUNT_YEN } from "./draft.ts";
import { formatAgo, formatFileSize, formatYen } from "./format.ts";
import { en } from "./i18n/en.ts";
import { catalogues, chooseLocale } from "./i18n/index.ts";
import { ja } from "./i18n/ja.ts";
import { createIntent } from "./intent.ts";
import { hashOf, placeOf } from "./place.ts";

const counting = () => {
  let count = 0;
  return () => `key-${++count}`;
};

describe("an idempotency key", () => {
  test("stays the same for every attempt at the same wish", () => {
    const intent = createIntent(counting());
    expect(intent.keyFor({ name: "approve", version: 3 })).toBe("key-1");
    expect(intent.keyFor({ name: "approve", version: 3 })).toBe("key-1");
  });

  test("is new for other contents", () => {
    const intent = createIntent(counting());
    intent.keyFor({ name: "approve", version: 3 });
    expect(intent.keyFor({ name: "approve", version: 4 })).toBe("key-2");
  });

  test("is new for the same contents after the wish was granted", () => {
    const intent = createIntent(counting());
    intent.keyFor({ title: "Chairs" });
    intent.granted();
    expect(intent.keyFor({ title: "Chairs" })).toBe("key-2");
  });
});

describe("a draft", () => {
  const draft: Draft = { ...emptyDraft, title: " Chairs ", category: "purchase", amountYen: 120_000 };

  test("that is complete becomes what is sent, without the blanks around it", () => {
    expect(checkDraft(draft)).toEqual({
      ok: true,
      body: { title: "Chairs", body: "", category: "purchase", amountYen: 120_000, attachments: [] },
    });
  });

  test("that is empty names every missing field", () => {
    expect(checkDraft(emptyDraft)).toEqual({
      ok: false,
      problems: { title: "titleMissing", category: "categoryMissing", amountYen: "amountMissing" },
    });
  });

  test("takes amounts in whole yen from zero to the largest one", () => {
    for (const amountYen of [0, MAX_AMOUNT_YEN]) expect(checkDraft({ ...draft, amountYen }).ok).toBe(true);
    for (const amountYen of [-1, 0.5, MAX_AMOUNT_YEN + 1, Number.NaN]) {
      expect(checkDraft({ ...draft, amountYen })).toMatchObject({ problems: { amountYen: "amountOutside" } });
    }
  });

  test("takes of a file its name, size and type only, and a type where the browser knows none", () => {
    const file = { name: "a.pdf", size: 5, type: "application/pdf", contents: "secret" };
    expect(describeFile(file)).toEqual({ name: "a.pdf", size: 5, type: "application/pdf" });
    expect(describeFile({ ...file, type: "" }).type).toBe("application/octet-stream");
  });
});

describe("places", () => {
  test("survive the way through the address", () => {
    for (const place of [{ kind: "list" }, { kind: "new" }, { kind: "request", id: "018f-7a" }] as const) {
      expect(placeOf(hashOf(place))).toEqual(place);
    }
    expect(placeOf("#/requests/../../x")).toEqual({ kind: "list" });
  });
});

describe("words and numbers", () => {
  type Tree = { [key: string]: string | Tree };
  const leaves = (tree: Tree, prefix = ""): [string, string][] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string"
        ? [[prefix + key, value] as [string, string]]
        : leaves(value, `${prefix}${key}.`),
    );

  test("have the same keys in both languages and can be rendered", () => {
    expect(
      leaves(en)
        .map(([key]) => key)
        .sort(),
    ).toEqual(
      leaves(ja)
        .map(([key]) => key)
        .sort(),
    );
    const values = {
      name: "n",
      q: "q",
      count: 2,
      title: "t",
      amount: "a",
      status: 500,
      code: "c",
      reason: "r",
      version: "1",
    };
    for (const locale of ["en", "ja"] as const) {
      const failures: string[] = [];
      const t = createTranslator({
        locale,
        messages: catalogues[locale],
        onError: (error) => failures.push(error.message),
      });
      const render = t as (key: string, values: Record<string, string | number>) => string;
      for (const [key] of leaves(en)) expect(render(key, values), key).not.toContain("{");
      expect(failures).toEqual([]);
    }
  });

  test("are in the browser's language, Japanese when we speak none of its languages", () => {
    expect(chooseLocale(null, ["en-GB"])).toBe("en");
    expect(chooseLocale(null, ["de"])).toBe("ja");
    expect(chooseLocale("en", ["ja"])).toBe("en");
  });

  test("group yen and never show fractions", () => {
    expect(formatYen(1_234_567, "en")).toBe("¥1,234,567");
  });

  test("of files and ages use the largest fitting unit", () => {
    expect([5, 20_480, 482_133].map((bytes) => formatFileSize(bytes, "en"))).toEqual([
      "5 B",
      "20 KiB",
      "471 KiB",
    ]);
    const now = Date.parse("2026-11-23T01:00:00Z");
    expect(formatAgo("2026-11-23T00:57:10Z", now, "en")).toBe("2 min. ago");
    expect(formatAgo("2026-11-23T01:00:05Z", now, "ja")).toBe("今");
  });
});
