import { describe, expect, test } from "vitest";
import {
  commandBody,
  idempotencyKey,
  listQuery,
  MAX_AMOUNT_YEN,
  resubmitBody,
  submitBody,
  wrongFields,
} from "./commands.ts";

const good = { title: "椅子", body: "", category: "purchase", amountYen: 1 };
const attachment = { name: "見積書.pdf", size: 1, type: "application/pdf" };

describe("what an applicant sends", () => {
  test("is accepted up to its limits, and trimmed", () => {
    expect(submitBody.parse({ ...good, title: "  椅子 " })).toEqual({ ...good, attachments: [] });
    expect(submitBody.safeParse({ ...good, amountYen: 0 }).success).toBe(true);
    expect(submitBody.safeParse({ ...good, amountYen: MAX_AMOUNT_YEN }).success).toBe(true);
    expect(submitBody.safeParse({ ...good, title: "𠮷".repeat(100) }).success).toBe(true);
    expect(submitBody.safeParse({ ...good, title: "あ".repeat(200) }).success).toBe(true);
  });

  const wrong: [string, unknown, string][] = [
    ["an empty title", { title: "　 " }, "title"],
    ["a title that is too long", { title: "あ".repeat(201) }, "title"],
    ["NUL in the title", { title: "a\u0000b" }, "title"],
    ["half a surrogate pair in the body", { body: "a\ud800b" }, "body"],
    ["an unknown category", { category: "bribe" }, "category"],
    ["a negative amount", { amountYen: -1 }, "amountYen"],
    ["a fraction of a yen", { amountYen: 0.5 }, "amountYen"],
    ["an amount above the limit", { amountYen: MAX_AMOUNT_YEN + 1 }, "amountYen"],
    ["an amount in words", { amountYen: "100" }, "amountYen"],
    [
      "NUL in the name of an attachment",
      { attachments: [{ ...attachment, name: "\u0000" }] },
      "attachments.0.name",
    ],
    ["a wrong media type", { attachments: [{ ...attachment, type: "<script>" }] }, "attachments.0.type"],
    ["too many attachments", { attachments: Array.from({ length: 21 }, () => attachment) }, "attachments"],
    ["a field that does not exist", { tenant: "minato" }, "tenant"],
  ];
  test.each(wrong)("with %s is refused by the field's name", (_name, change, field) => {
    const result = submitBody.safeParse({ ...good, ...(change as object) });
    expect(result.success).toBe(false);
    expect(wrongFields(result.error!)).toEqual([field]);
  });

  test.each([null, [], "text", 1])("that is no object (%j) is refused", (value) => {
    expect(submitBody.safeParse(value).success).toBe(false);
  });
});

test("a decision needs the version that was read; a resubmission may change some of the contents", () => {
  expect(commandBody.safeParse({}).success).toBe(false);
  expect(commandBody.safeParse({ expectedVersion: 0 }).success).toBe(false);
  expect(commandBody.safeParse({ expectedVersion: 1, amountYen: 5 }).success).toBe(false);
  expect(resubmitBody.safeParse({ expectedVersion: 1, amountYen: 5 }).success).toBe(true);
});

test("a list has bounds", () => {
  expect(listQuery.parse({})).toEqual({ view: "all", q: "", limit: 50 });
  for (const query of [{ limit: "0" }, { limit: "201" }, { view: "everything" }, { q: ["a", "b"] }]) {
    expect(listQuery.safeParse(query).success, JSON.stringify(query)).toBe(false);
  }
});

test("an idempotency key has 8 to 128 plain characters", () => {
  for (const key of ["a".repeat(8), "a".repeat(128), "0198a000-0000-7000-8000-000000000000"]) {
    expect(idempotencyKey.safeParse(key).success).toBe(true);
  }
  for (const key of ["a".repeat(7), "a".repeat(129), "white space", "日本語のキーです", undefined]) {
    expect(idempotencyKey.safeParse(key).success).toBe(false);
  }
});
