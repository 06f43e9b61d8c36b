import { error, type Finding } from "../findings.ts";
import type { Operations, Text } from "../model.ts";
import { partsOf, shortPath } from "../walk.ts";

const LANGUAGES = { en: "English", ja: "Japanese" } as const;

/** Everything that people read exists in both languages. A runbook's section empty in both is reported as such. */
export function emptyTranslations(operations: Operations): Finding[] {
  return textsIn(operations, "").flatMap(({ path: longPath, text }) => {
    const path = shortPath(longPath);
    const missing = (["en", "ja"] as const).filter((language) => text[language].trim() === "");
    if (missing.length === 2 && /^runbooks\.[^.]+\.(triage|firstResponse|escalation)$/.test(path)) return [];
    return missing.map((language) =>
      error(
        "empty-translation",
        `${path}.${language}`,
        `The ${LANGUAGES[language]} text is empty`,
        `Write it in ${LANGUAGES[language]}.`,
      ),
    );
  });
}

function textsIn(thing: unknown, path: string): { path: string; text: Text }[] {
  if (thing === null || typeof thing !== "object") return [];
  if (isText(thing)) return [{ path, text: thing }];
  return partsOf(thing, path).flatMap(([at, part]) => textsIn(part, at));
}

function isText(thing: object): thing is Text {
  return "en" in thing && "ja" in thing && typeof thing.en === "string" && typeof thing.ja === "string";
}
