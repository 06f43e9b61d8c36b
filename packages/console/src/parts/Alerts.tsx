import { useLocale, useTranslations } from "use-intl";
import type { Alert } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import { formatMeasure } from "../view/format.ts";
import { bySeverity } from "../view/headline.ts";
import { Folded, Section, Status, Time, useLabel } from "./page.tsx";

export function Alerts({ alerts }: { alerts: Alert[] }) {
  const t = useTranslations("alerts");
  const inState = (state: Alert["state"]) =>
    alerts.filter((alert) => alert.state === state).sort(bySeverity((alert) => alert.since ?? ""));
  const active = [...inState("firing"), ...inState("pending")];
  const resolved = inState("resolved");
  return (
    <Section id="alerts" title={t("title")}>
      {active.length === 0 && <p className="empty">{t("empty")}</p>}
      {active.map((alert) => (
        <AlertCard key={alert.id} alert={alert} />
      ))}
      {resolved.length > 0 && (
        <Folded summary={t("resolved", { count: resolved.length })}>
          {resolved.map((alert) => (
            <AlertCard key={alert.id} alert={alert} />
          ))}
        </Folded>
      )}
    </Section>
  );
}

function AlertCard({ alert }: { alert: Alert }) {
  const t = useTranslations("alerts");
  const locale = useLocale();
  const label = useLabel();
  const title = textIn(alert.title, locale);
  const threshold = formatMeasure(alert.threshold, alert.unit, locale);
  const impact = textIn(alert.impact, locale);
  return (
    <article
      className={`card alert ${alert.state === "firing" ? "is-bad" : ""}`}
      id={`alert-${alert.id}`}
      data-testid="alert"
      data-state={alert.state}
      aria-label={title}
    >
      <div className="item-head">
        <h3>{title}</h3>
        <Status kind="alert" state={alert.state} strong />
      </div>
      <p className="alert-value">
        {alert.value === null
          ? t("noValue", { threshold })
          : t("value", { value: formatMeasure(alert.value, alert.unit, locale), threshold })}
      </p>
      <dl className="facts">
        {impact && (
          <div>
            <dt>{t("impact")}</dt>
            <dd>{impact}</dd>
          </div>
        )}
        <div>
          <dt>{t("runbook")}</dt>
          <dd>
            <code>{alert.runbook}</code>
          </dd>
        </div>
      </dl>
      <p className="item-foot">
        {label("severity", alert.severity)}
        {alert.since && (
          <>
            {" · "}
            <Time at={alert.since} />
          </>
        )}
      </p>
    </article>
  );
}
