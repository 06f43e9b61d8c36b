import type { Text } from "../api/types.ts";
import { en, type Messages } from "./en.ts";
import { ja } from "./ja.ts";

export type Locale = "en" | "ja";
export const catalogues: Record<Locale, Messages> = { en, ja };

declare module "use-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}

/** The saved choice, else the first of the browser's languages that we speak, else English. */
export function chooseLocale(saved: string | null, languages: readonly string[]): Locale {
  if (saved === "en" || saved === "ja") return saved;
  for (const language of languages) {
    const primary = language.toLowerCase().split("-")[0];
    if (primary === "en" || primary === "ja") return primary;
  }
  return "en";
}

/** A text of the definition in the reader's language; the other one rather than nothing. */
export function textIn(text: Text | string | null, locale: Locale): string {
  if (text === null || typeof text === "string") return text ?? "";
  return text[locale] || text.en || text.ja;
}
