import { useLocale, useTranslations } from "use-intl";
import type { Incident } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import { bySeverity } from "../view/headline.ts";
import { Folded, Section, Status, Time, useAge, useLabel } from "./page.tsx";

export function Incidents({ incidents }: { incidents: Incident[] }) {
  const t = useTranslations("incidents");
  const open = incidents
    .filter((incident) => incident.state === "open")
    .sort(bySeverity((incident) => incident.openedAt));
  const resolved = incidents
    .filter((incident) => incident.state !== "open")
    .sort((a, b) => b.openedAt.localeCompare(a.openedAt));
  return (
    <Section id="incidents" title={t("title")}>
      {open.length === 0 && <p className="empty">{t("empty")}</p>}
      {open.map((incident) => (
        <IncidentCard key={incident.id} incident={incident} />
      ))}
      {resolved.length > 0 && (
        <Folded summary={t("resolved", { count: resolved.length })}>
          {resolved.map((incident) => (
            <IncidentCard key={incident.id} incident={incident} />
          ))}
        </Folded>
      )}
    </Section>
  );
}

function IncidentCard({ incident }: { incident: Incident }) {
  const t = useTranslations("incidents");
  const locale = useLocale();
  const label = useLabel();
  const { span } = useAge();
  const title = textIn(incident.title, locale);
  const newestFirst = incident.timeline.toReversed();
  return (
    <article
      className={`card incident ${incident.state === "open" ? "is-bad" : ""}`}
      id={`incident-${incident.id}`}
      data-testid="incident"
      data-state={incident.state}
      aria-label={title}
    >
      <div className="item-head">
        <h3>{title}</h3>
        <Status kind="incident" state={incident.state} strong />
      </div>
      <p className="item-foot">
        {[label("severity", incident.severity), incident.service].filter(Boolean).join(" · ")}
        {" · "}
        {t("opened")} <Time at={incident.openedAt} />
        {incident.resolvedAt && (
          <>
            {" · "}
            {t("lasted", { span: span(Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt)) })}
          </>
        )}
      </p>
      <ol className="timeline" aria-label={t("timeline")} data-testid="incident-timeline">
        {newestFirst.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries are append-only and have no id; counted from the oldest
          <li key={newestFirst.length - index}>
            <Time at={entry.at} clock />
            <span>{textIn(entry.text, locale)}</span>
          </li>
        ))}
      </ol>
    </article>
  );
}
