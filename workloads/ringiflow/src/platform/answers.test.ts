import { expect, test } from "vitest";
import { languageOf } from "./answers.ts";

test.each([
  [undefined, "ja"],
  ["", "ja"],
  ["*", "ja"],
  ["fr-FR,fr;q=0.9", "ja"],
  ["ja,en;q=0.9", "ja"],
  ["en-US,en;q=0.9,ja;q=0.8", "en"],
  ["ja;q=0.2, en;q=0.3", "en"],
  ["en;q=0, ja;q=0.1", "ja"],
])("a reader who accepts %j is answered in %s", (header, language) => {
  expect(languageOf(header)).toBe(language);
});
