import { MantineProvider } from "@mantine/core";
import { useIdle } from "@mantine/hooks";
import { QueryCache, QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { IntlProvider, useLocale, useTranslations } from "use-intl";
import { type Caller, getSession, RequestFailed } from "./api.ts";
import { catalogues, chooseLocale, type Locale } from "./i18n/index.ts";
import { Detail } from "./parts/Detail.tsx";
import { Frame, SummaryPanel } from "./parts/Frame.tsx";
import { RequestForm } from "./parts/RequestForm.tsx";
import { RequestList } from "./parts/RequestList.tsx";
import { SignIn } from "./parts/SignIn.tsx";
import {
  AttendedContext,
  CallerContext,
  ErrorNote,
  SessionContext,
  UNATTENDED_AFTER_MS,
} from "./parts/shared.tsx";
import { goTo, usePlace } from "./place.ts";
import { readSetting, writeSetting } from "./platform/browser.ts";
import { theme } from "./theme.ts";

const LOCALE = "ringiflow.locale";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Refusals are answers; only a server that could not answer is asked once more. */
const isWorthAnother = (attempts: number, error: Error) =>
  attempts < 1 && error instanceof RequestFailed && (error.status === 0 || error.status >= 502);

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended meanwhile: back to the sign-in, whichever question noticed it.
    onError: (error) => {
      if (error instanceof RequestFailed && error.status === 401) queries.setQueryData(["session"], null);
    },
  }),
  defaultOptions: { queries: { retry: isWorthAnother, retryDelay: 500, staleTime: 1_000 } },
});

export function App() {
  const [locale, setLocale] = useState(() => chooseLocale(readSetting(LOCALE), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choose = (next: Locale) => {
    writeSetting(LOCALE, next);
    setLocale(next);
  };
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <IntlProvider locale={locale} messages={catalogues[locale]} timeZone={zone}>
          <Page onLocale={choose} />
        </IntlProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Page({ onLocale }: { onLocale(locale: Locale): void }) {
  const t = useTranslations("app");
  const isIdle = useIdle(UNATTENDED_AFTER_MS, { initialState: false });
  const language = useLocale();
  const session = useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => getSession({ language, csrfToken: null }, signal),
  });
  const csrfToken = session.data?.csrfToken ?? null;
  const caller = useMemo<Caller>(() => ({ language, csrfToken }), [language, csrfToken]);
  return (
    <CallerContext value={caller}>
      <AttendedContext value={!isIdle}>
        <Frame session={session.data ?? null} onLocale={onLocale}>
          {session.isPending && <p className="dim lonely">{t("loading")}</p>}
          {session.error && !session.data && (
            <div className="lonely">
              <ErrorNote error={session.error} onRetry={() => void session.refetch()} />
            </div>
          )}
          {session.data === null && <SignIn />}
          {session.data && (
            <SessionContext value={session.data}>
              <Desk />
            </SessionContext>
          )}
        </Frame>
      </AttendedContext>
    </CallerContext>
  );
}

function Desk() {
  const t = useTranslations("detail");
  const place = usePlace();
  return (
    <main id="content" className="desk" data-place={place.kind}>
      <div className="desk-list">
        <SummaryPanel />
        <RequestList openId={place.kind === "request" ? place.id : null} />
      </div>
      <div className="desk-detail">
        {place.kind === "list" && <p className="hint">{t("choose")}</p>}
        {place.kind === "new" && <RequestForm onClose={() => leaveForm()} />}
        {place.kind === "request" && <Detail key={place.id} id={place.id} />}
      </div>
    </main>
  );
}

/** Closing the form after a submit must not leave the request it has just gone to. */
function leaveForm() {
  if (location.hash === "#/new") goTo({ kind: "list" });
}
