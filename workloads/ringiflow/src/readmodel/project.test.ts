import { expect, test } from "vitest";
import { normalise, searchWords } from "./project.ts";

test("full-width letters, half-width kana and case make no difference to a search", () => {
  expect(normalise("ＰＣ ﾉｰﾄ Laptop")).toBe(normalise("pc ノート lAPTOP"));
});

test("words are separated by white space, the Japanese one too", () => {
  expect(searchWords("　ノートPC  購入　購入 ")).toEqual(["ノートpc", "購入"]);
  expect(searchWords("   ")).toEqual([]);
});
