import { ActionIcon, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useLocale, useTranslations } from "use-intl";
import type { Overview } from "../api/types.ts";
import { type Locale, textIn } from "../i18n/index.ts";
import type { Freshness } from "../live/connection.ts";
import { shortDigest } from "../view/format.ts";
import { useAge } from "./page.tsx";

type Props = {
  overview: Overview | null;
  /** Null where no connection is tried: before the sign-in. */
  fresh: Freshness | null;
  onLocale(locale: Locale): void;
};

export function Header({ overview, fresh, onLocale }: Props) {
  const t = useTranslations();
  const locale = useLocale();
  return (
    <header className="top">
      <div className="top-row">
        <div className="brand">
          <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
            <rect width="32" height="32" rx="8" className="brand-box" />
            <path d="M8 11h16M16 11v13" className="brand-line" />
            <circle cx="24" cy="22.5" r="3" className="brand-dot" />
          </svg>
          <span className="brand-name">{t("app.name")}</span>
        </div>
        {overview && (
          <div className="whereabouts">
            <h1>{textIn(overview.title, locale)}</h1>
            <span className="environment" title={t("header.environment")}>
              {overview.environment}
            </span>
            <span className="digest" title={t("header.digestHint", { digest: overview.definitionDigest })}>
              {t("header.digest", { digest: shortDigest(overview.definitionDigest) })}
            </span>
          </div>
        )}
        <div className="top-tools">
          {fresh && <ConnectionState fresh={fresh} />}
          <SegmentedControl
            size="xs"
            data-testid="language-switch"
            aria-label={t("header.language")}
            value={locale}
            onChange={(value) => onLocale(value as Locale)}
            data={[
              { value: "en", label: <span lang="en">EN</span> },
              { value: "ja", label: <span lang="ja">日本語</span> },
            ]}
          />
          <SchemeSwitch />
        </div>
      </div>
      {overview && overview.environmentNotes.length > 0 && (
        <ul className="notes" aria-label={t("header.notes")} data-testid="environment-notes">
          {overview.environmentNotes.map((note) => (
            <li key={note.en}>{textIn(note, locale)}</li>
          ))}
        </ul>
      )}
    </header>
  );
}

function ConnectionState({ fresh }: { fresh: Freshness }) {
  const t = useTranslations("connection");
  const { ago } = useAge();
  return (
    <div className="connection" data-testid="connection-state" data-state={fresh.state}>
      <span className="pulse" aria-hidden="true" />
      {/* Only the word is a live region: an age that changes every second must not be read out. */}
      <span role="status" className="connection-word">
        {t(fresh.state)}
      </span>
      <span className="connection-age" data-testid="last-update">
        {fresh.ageMs === null ? t("never") : t("lastUpdate", { age: ago(fresh.ageMs) })}
      </span>
    </div>
  );
}

function SchemeSwitch() {
  const t = useTranslations("header");
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const next = scheme === "dark" ? "light" : "dark";
  const label = next === "dark" ? t("toDark") : t("toLight");
  return (
    <ActionIcon
      variant="default"
      size="md"
      aria-label={label}
      title={label}
      data-testid="scheme-switch"
      onClick={() => setColorScheme(next)}
    >
      <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true" fill="none" stroke="currentColor">
        {scheme === "dark" ? (
          <path
            d="M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1v1.4M8 13.6V15M1 8h1.4M13.6 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"
            strokeWidth="1.4"
            strokeLinecap="round"
          />
        ) : (
          <path d="M13.6 9.8A6 6 0 0 1 6.2 2.4a6 6 0 1 0 7.4 7.4Z" strokeWidth="1.4" strokeLinejoin="round" />
        )}
      </svg>
    </ActionIcon>
  );
}
