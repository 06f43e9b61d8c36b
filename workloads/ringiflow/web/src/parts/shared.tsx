import { Button } from "@mantine/core";
import { createContext, type ReactNode, useContext } from "react";
import { useLocale, useTranslations } from "use-intl";
import { type Caller, RequestFailed, type Session, type Status, type StepState } from "../api.ts";
import { formatAbsolute, formatAgo } from "../format.ts";
import { catalogues } from "../i18n/index.ts";
import type { Messages } from "../i18n/ja.ts";
import { nowMs } from "../platform/browser.ts";

export const CallerContext = createContext<Caller>({ language: "ja", csrfToken: null });
export const useCaller = () => useContext(CallerContext);

/**
 * False when nobody has touched the page for a while. Every question to the server counts as activity of the
 * session, so an unattended page must fall silent, or its session would never end by idleness.
 */
export const AttendedContext = createContext(true);
export const UNATTENDED_AFTER_MS = 3 * 60_000;

/** The interval for polling, or false while the page is unattended. */
export const usePolling = (ms: number): number | false => (useContext(AttendedContext) ? ms : false);

export const SessionContext = createContext<Session | null>(null);
export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (!session) throw new Error("used outside of a session");
  return session;
};

type Words = "role" | "department" | "category" | "status" | "step" | "event";

/** The word for a value of the API; a value this version does not know is shown as it is. */
export function useWord() {
  const catalogue: Messages = catalogues[useLocale()];
  return (kind: Words, value: string): string => (catalogue[kind] as Record<string, string>)[value] ?? value;
}

export function Ago({ at }: { at: string }) {
  const locale = useLocale();
  return (
    <time dateTime={at} title={formatAbsolute(at, locale)}>
      {formatAgo(at, nowMs(), locale)}
    </time>
  );
}

const MARKS: Record<string, ReactNode> = {
  in_review: <path d="M8 4.6V8l2.4 1.6" />,
  current: <path d="M8 4.6V8l2.4 1.6" />,
  approved: <path d="m4.9 8.3 2.1 2.1 4.1-4.6" />,
  rejected: <path d="m5.5 5.5 5 5m0-5-5 5" />,
  returned: <path d="M7 5 4.6 7.4 7 9.8M4.8 7.4h3.9a2.2 2.2 0 0 1 0 4.2" />,
  withdrawn: <path d="M5 8h6" />,
  skipped: <path d="M5 8h6" />,
  pending: null,
};

/** A sign with its own shape for each state, so that colour is never the only difference. */
export function Mark({ state, size = 16 }: { state: Status | StepState; size?: number }) {
  return (
    <svg className={`mark mark-${state}`} viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      {MARKS[state]}
    </svg>
  );
}

export function StatusBadge({ status }: { status: Status }) {
  const word = useWord();
  return (
    <span className={`badge badge-${status}`} data-status={status}>
      <Mark state={status} size={14} />
      {word("status", status)}
    </span>
  );
}

/** What is shown is older than it should be; the next attempt comes by itself. */
export function NotUpdated({ error }: { error: Error }) {
  const t = useTranslations("error");
  const reason = error instanceof RequestFailed ? error.refusal?.reason : undefined;
  return (
    <p className="not-updated" role="status" data-testid="not-updated">
      {t("notUpdated", { reason: reason ?? t("unreachable") })}
    </p>
  );
}

/** Reason, remedy and code of a refusal, with a way to try again. */
export function ErrorNote({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const t = useTranslations("error");
  const failed = error instanceof RequestFailed ? error : new RequestFailed(0, null);
  const { refusal, status } = failed;
  const isReached = status !== 0;
  return (
    <div className="note note-bad" role="alert" data-testid="error">
      <p className="note-title">{t("title")}</p>
      <p>{refusal?.reason ?? (isReached ? t("unreadable", { status }) : t("unreachable"))}</p>
      <p>{refusal?.remedy ?? (isReached ? t("unreadableRemedy") : t("unreachableRemedy"))}</p>
      {refusal && <p className="code">{t("code", { code: refusal.code })}</p>}
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry} data-testid="retry">
          {t("retry")}
        </Button>
      )}
    </div>
  );
}
