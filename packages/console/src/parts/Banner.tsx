import { useLocale, useTranslations } from "use-intl";
import type { Connection, Freshness } from "../live/connection.ts";
import { formatClock } from "../view/format.ts";
import { Explanation } from "./ErrorNote.tsx";
import { useAge } from "./page.tsx";

/** Says that the picture is old, since when, why, and what happens now. */
export function Banner({ connection, fresh }: { connection: Connection; fresh: Freshness }) {
  const t = useTranslations("connection");
  const locale = useLocale();
  const { span } = useAge();
  if (fresh.state !== "lost" && fresh.state !== "stale") return null;
  const { overview, failure } = connection;
  const time = overview && formatClock(new Date(overview.at), locale);
  return (
    <div className="note tone-warn banner" data-testid="connection-banner">
      <p className="note-title">
        {fresh.state === "stale"
          ? t("staleTitle", { age: span(fresh.ageMs ?? 0) })
          : t(failure && failure.status > 0 ? "problemTitle" : "lostTitle")}
      </p>
      <p>{time ? t("oldPicture", { time }) : t("nothingYet")}</p>
      {failure && <Explanation failure={failure} />}
      <p>
        {t("serviceNote")} {t("retrying")}
      </p>
    </div>
  );
}

export function Refused() {
  const t = useTranslations("refused");
  return (
    <main className="refused" data-testid="refused" id="content">
      <h1>{t("title")}</h1>
      <p>{t("body")}</p>
      <pre aria-hidden="true">
        $ npm start{"\n"}…{"\n"}
        <b>http://127.0.0.1:7100/?token=…</b>
      </pre>
      <p>{t("again")}</p>
    </main>
  );
}
