import { en } from "./en.ts";
import { ja, type Messages } from "./ja.ts";

export type Locale = "en" | "ja";
export const catalogues: Record<Locale, Messages> = { en, ja };

declare module "use-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}

/** The saved choice, else the first of the browser's languages that we speak, else Japanese. */
export function chooseLocale(saved: string | null, languages: readonly string[]): Locale {
  if (saved === "en" || saved === "ja") return saved;
  for (const language of languages) {
    const primary = language.toLowerCase().split("-")[0];
    if (primary === "en" || primary === "ja") return primary;
  }
  return "ja";
}
