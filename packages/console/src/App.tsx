import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { IntlProvider, useTranslations } from "use-intl";
import { catalogues, chooseLocale, type Locale } from "./i18n/index.ts";
import { freshness, serverNowMs } from "./live/connection.ts";
import { useConnection } from "./live/useConnection.ts";
import { useTick } from "./live/useTick.ts";
import { Alerts } from "./parts/Alerts.tsx";
import { Banner, Refused } from "./parts/Banner.tsx";
import { Commitments } from "./parts/Commitments.tsx";
import { Header } from "./parts/Header.tsx";
import { HeadlinePanel } from "./parts/HeadlinePanel.tsx";
import { Incidents } from "./parts/Incidents.tsx";
import { PageContext } from "./parts/page.tsx";
import { Rollouts } from "./parts/Rollouts.tsx";
import { Services } from "./parts/Services.tsx";
import { monotonicMs, readSetting, writeSetting } from "./platform/browser.ts";
import { theme } from "./theme.ts";
import { headlineOf } from "./view/headline.ts";

const LOCALE = "toban.locale";
const queries = new QueryClient();

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

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Page({ onLocale }: { onLocale(locale: Locale): void }) {
  const t = useTranslations();
  const connection = useConnection();
  useTick();
  const now = monotonicMs();
  const fresh = freshness(connection, now);
  const { overview } = connection;
  const isLive = fresh.state === "live";
  const headline = headlineOf(overview, fresh);
  const first = headline.lead[0];
  const sentence = first ? t(`headline.${first.key}`, first.values) : "";
  useEffect(() => {
    document.title = `${sentence} – Toban`;
  }, [sentence]);

  const isRefused = connection.phase === "refused";
  return (
    <PageContext value={{ nowMs: serverNowMs(connection, now), isLive }}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      <div className="page" data-live={isLive}>
        <Header overview={isRefused ? null : overview} fresh={isRefused ? null : fresh} onLocale={onLocale} />
        {isRefused ? (
          <Refused />
        ) : (
          <main id="content">
            <Banner connection={connection} fresh={fresh} />
            <HeadlinePanel overview={overview} fresh={fresh} />
            {overview && (
              <>
                <div className="columns">
                  <div className="column-main">
                    <Services services={overview.services} />
                  </div>
                  <div className="column-side">
                    <Rollouts rollouts={overview.rollouts} />
                    <Alerts alerts={overview.alerts} />
                    <Incidents incidents={overview.incidents} />
                  </div>
                </div>
                <Commitments commitments={overview.commitments} />
              </>
            )}
          </main>
        )}
      </div>
    </PageContext>
  );
}
