import { useLocale, useTranslations } from "use-intl";
import type { Overview } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import type { Freshness } from "../live/connection.ts";
import { formatMeasure, formatRatio } from "../view/format.ts";
import { type Broken, currentHeadline, type Doing, headlineOf, type Phrase } from "../view/headline.ts";
import { Time, ToneIcon, useLabel } from "./page.tsx";

/** The five seconds: how it stands, what is broken, what is being done. */
export function HeadlinePanel({ overview, fresh }: { overview: Overview | null; fresh: Freshness }) {
  const t = useTranslations("headline");
  const headline = headlineOf(overview, fresh);
  const say = (phrases: Phrase[]) => phrases.map(({ key, values }) => t(key, values)).join(" · ");
  const [first, ...rest] = headline.lead;
  const isOld = overview !== null && fresh.state !== "live";
  return (
    <section
      className={`headline tone-${headline.tone}`}
      aria-label={t("label")}
      data-testid="headline"
      data-tone={headline.tone}
    >
      <div className="headline-lead">
        <ToneIcon tone={headline.tone} size={30} />
        <div role="status" className="headline-words">
          <p className="headline-first">{first && t(first.key, first.values)}</p>
          {rest.length > 0 && <p className="headline-rest">{say(rest)}</p>}
          {isOld && (
            <p className="headline-rest">{t("lastKnown", { what: say(currentHeadline(overview).lead) })}</p>
          )}
        </div>
      </div>
      {(headline.broken.length > 0 || headline.doing.length > 0) && (
        <div className="headline-lists">
          {headline.broken.length > 0 && (
            <div>
              <h2>{t("broken")}</h2>
              <ul>
                {headline.broken.map((item) => (
                  <li key={brokenKey(item)}>
                    <BrokenLine item={item} />
                  </li>
                ))}
              </ul>
            </div>
          )}
          <div>
            <h2>{t("doing")}</h2>
            {headline.doing.length === 0 && <p className="headline-none">{t("nothingDone")}</p>}
            <ul>
              {headline.doing.map((item) => (
                <li key={item.kind === "rollout" ? item.rollout.id : item.incident.id}>
                  <DoingLine item={item} />
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}

const brokenKey = (item: Broken) =>
  item.kind === "service"
    ? `service ${item.service.name}`
    : item.kind === "alert"
      ? item.alert.id
      : item.rollout.id;

function BrokenLine({ item }: { item: Broken }) {
  const t = useTranslations("headline");
  const locale = useLocale();
  const label = useLabel();
  if (item.kind === "service") {
    const state = label("service", item.service.state);
    return (
      <a href={`#service-${item.service.name}`}>{t("serviceIs", { service: item.service.name, state })}</a>
    );
  }
  if (item.kind === "rollout") {
    const { service, version, id } = item.rollout;
    return <a href={`#rollout-${id}`}>{t("needsAttention", { service, version })}</a>;
  }
  const { alert } = item;
  return (
    <>
      <a href={`#alert-${alert.id}`}>{textIn(alert.title, locale)}</a>
      <span className="headline-fact">
        {alert.value !== null && <b>{formatMeasure(alert.value, alert.unit, locale)}</b>}{" "}
        {alert.since && <Time at={alert.since} />}
      </span>
    </>
  );
}

function DoingLine({ item }: { item: Doing }) {
  const t = useTranslations("headline");
  const locale = useLocale();
  if (item.kind === "incident") {
    return (
      <>
        <a href={`#incident-${item.incident.id}`}>{textIn(item.incident.title, locale)}</a>
        {item.latest && (
          <span className="headline-fact">
            {textIn(item.latest.text, locale)} <Time at={item.latest.at} />
          </span>
        )}
      </>
    );
  }
  const { id, service, version, fromVersion } = item.rollout;
  const words = () => {
    if (item.phase === "rolling-back") {
      return fromVersion
        ? t("rollingBackTo", { service, version, to: fromVersion })
        : t("rollingBack", { service, version });
    }
    if (item.phase === "needs-decision") return t("needsDecision", { service, version });
    if (item.weight === null) return t("rollingOut", { service, version });
    return t("rollingOutAt", { service, version, weight: formatRatio(item.weight / 100, locale) });
  };
  return <a href={`#rollout-${id}`}>{words()}</a>;
}
