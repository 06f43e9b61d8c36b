import {
  ActionIcon,
  Button,
  SegmentedControl,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { useLocale, useTranslations } from "use-intl";
import { type About, getAbout, getSummary, type Session, type Status, signOut } from "../api.ts";
import { formatYen } from "../format.ts";
import type { Locale } from "../i18n/index.ts";
import { ErrorNote, StatusBadge, useCaller, usePolling, useWord } from "./shared.tsx";

export function useAbout() {
  const caller = useCaller();
  return useQuery({
    queryKey: ["about"],
    queryFn: ({ signal }) => getAbout(caller, signal),
    refetchInterval: 15_000,
  });
}

type FrameProps = { session: Session | null; onLocale(locale: Locale): void; children: ReactNode };

export function Frame({ session, onLocale, children }: FrameProps) {
  const t = useTranslations();
  const locale = useLocale();
  const about = useAbout();
  return (
    <div className="page">
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <header className="top">
        <a className="brand" href="#/">
          <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
            <circle cx="16" cy="16" r="15" className="brand-seal" />
            <path d="M10 16.5l4.2 4.3L22.5 11.5" className="brand-line" />
          </svg>
          {t("app.name")}
        </a>
        {session && <Person session={session} />}
        <div className="tools">
          <SegmentedControl
            size="xs"
            data-testid="language-switch"
            aria-label={t("app.language")}
            value={locale}
            onChange={(value) => onLocale(value as Locale)}
            data={[
              { value: "en", label: <span lang="en">EN</span> },
              { value: "ja", label: <span lang="ja">日本語</span> },
            ]}
          />
          <SchemeSwitch />
        </div>
      </header>
      {children}
      <footer className="foot">
        <NewVersion about={about.data} />
        {t("app.name")}{" "}
        <span data-testid="version">
          {about.data ? t("app.version", { version: about.data.version }) : t("app.versionUnknown")}
        </span>
      </footer>
    </div>
  );
}

function Person({ session: { user } }: { session: Session }) {
  const t = useTranslations("signIn");
  const word = useWord();
  const caller = useCaller();
  const queries = useQueryClient();
  const leaving = useMutation({
    mutationFn: () => signOut(caller),
    onSuccess: () => {
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "about" });
      queries.setQueryData(["session"], null);
    },
    onError: () => void queries.invalidateQueries({ queryKey: ["session"] }),
  });
  return (
    <div className="me" data-testid="me">
      <span>
        <b>{user.name}</b>{" "}
        <span className="dim small">
          {user.tenantName} · {word("department", user.department)}
        </span>
      </span>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        loading={leaving.isPending}
        onClick={() => leaving.mutate()}
      >
        {t("out")}
      </Button>
    </div>
  );
}

/** The page that is open came with the first version it saw; a newer one needs a reload. */
function NewVersion({ about }: { about: About | undefined }) {
  const t = useTranslations("app");
  const first = useRef<string>(null);
  if (about) first.current ??= about.version;
  if (!about || about.version === first.current) return null;
  return (
    <p className="new-version" role="status">
      {t("updated", { version: about.version })}{" "}
      <Button variant="default" size="compact-xs" onClick={() => location.reload()}>
        {t("reload")}
      </Button>
    </p>
  );
}

function SchemeSwitch() {
  const t = useTranslations("app");
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

/** New in 1.1.0: the release says whether it has it. */
export function SummaryPanel() {
  const t = useTranslations("summary");
  const locale = useLocale();
  const caller = useCaller();
  const about = useAbout();
  const hasIt = about.data?.features.summary === true;
  const polling = usePolling(10_000);
  const summary = useQuery({
    queryKey: ["summary"],
    queryFn: ({ signal }) => getSummary(caller, signal),
    enabled: hasIt,
    refetchInterval: polling,
  });
  if (!hasIt) return null;
  const { data, error } = summary;
  if (error && !data) return <ErrorNote error={error} onRetry={() => void summary.refetch()} />;
  if (!data) return null;
  return (
    <section className="card summary" aria-label={t("title")} data-testid="summary">
      <div>
        <span className="dim small">{t("count")}</span>
        <b>{new Intl.NumberFormat(locale).format(data.count)}</b>
      </div>
      <div>
        <span className="dim small">{t("total")}</span>
        <b>{formatYen(data.totalYen, locale)}</b>
      </div>
      <ul>
        {(Object.entries(data.byStatus) as [Status, number][]).map(([status, count]) => (
          <li key={status}>
            <StatusBadge status={status} /> <b>{new Intl.NumberFormat(locale).format(count)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}
