import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Instance, Service, Version } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import { formatBytes, formatClock, formatMs, formatRate, formatRatio } from "../view/format.ts";
import { hasAnyData, type Metric, nearestIndex, sharedRange } from "../view/series.ts";
import { toneOf } from "../view/tone.ts";
import { Chart } from "./Chart.tsx";
import { Section, Status, ToneIcon, useAge, useLabel, usePage } from "./page.tsx";

type Range = { from: number; to: number };

export function Services({ services }: { services: Service[] }) {
  const t = useTranslations("services");
  const locale = useLocale();
  const { span } = useAge();
  const [hoverAt, setHoverAt] = useState<number | null>(null);
  const range = sharedRange(services);
  const aside =
    hoverAt !== null
      ? t("at", { time: formatClock(new Date(hoverAt * 1_000), locale) })
      : range && t("range", { span: span((range.to - range.from) * 1_000) });
  return (
    <Section id="services" title={t("title")} aside={aside}>
      {services.length === 0 && <p className="empty">{t("empty")}</p>}
      <div className="cards">
        {services.map((service) => (
          <ServiceCard
            key={service.name}
            service={service}
            range={range}
            hoverAt={hoverAt}
            onHover={setHoverAt}
          />
        ))}
      </div>
    </Section>
  );
}

type CardProps = {
  service: Service;
  range: Range | null;
  hoverAt: number | null;
  onHover(at: number | null): void;
};

function ServiceCard({ service, range, hoverAt, onHover }: CardProps) {
  const t = useTranslations("services");
  const label = useLabel();
  const locale = useLocale();
  const title = textIn(service.title, locale);
  const showsCharts = service.exposure !== "none" || hasAnyData(service.series);
  return (
    <article
      className="card service"
      id={`service-${service.name}`}
      data-testid={`service-${service.name}`}
      data-kind="service-card"
      data-state={service.state}
      aria-label={service.name}
    >
      <div className="service-head">
        <h3>
          {service.url ? (
            <a
              href={service.url}
              target="_blank"
              rel="noreferrer"
              aria-label={t("open", { service: service.name })}
            >
              {service.name}
            </a>
          ) : (
            service.name
          )}
        </h3>
        <span className="service-title">{title}</span>
        <span className="tag">{t(`exposure.${service.exposure}`)}</span>
        <Status kind="service" state={service.state} strong />
      </div>
      {showsCharts && (
        <div className="metrics">
          {(["requestsPerSecond", "errorRatio", "p99Ms"] as const).map((metric) => (
            <MetricView key={metric} {...{ metric, service, range, hoverAt, onHover }} />
          ))}
        </div>
      )}
      <Versions versions={service.versions} takesTraffic={service.exposure !== "none"} label={label} />
    </article>
  );
}

const METRIC_NAMES = { requestsPerSecond: "requests", errorRatio: "errors", p99Ms: "latency" } as const;
/** Least height of the axes: 1 request/s, 5 % errors, 20 ms. */
const AT_LEAST: Record<Metric, number> = { requestsPerSecond: 1, errorRatio: 0.05, p99Ms: 20 };

function MetricView(props: CardProps & { metric: Metric }) {
  const { metric, service, range, hoverAt, onHover } = props;
  const t = useTranslations("services");
  const { span } = useAge();
  const locale = useLocale();
  const values = service.series[metric];
  const at = hoverAt === null ? null : nearestIndex(service.series.at, hoverAt);
  const value = hoverAt === null ? service.now[metric] : at === null ? null : (values[at] ?? null);
  const format = (number: number) =>
    metric === "requestsPerSecond"
      ? `${formatRate(number, locale)} ${t("perSecond")}`
      : metric === "errorRatio"
        ? formatRatio(number, locale)
        : formatMs(number, locale);
  const name = t(METRIC_NAMES[metric]);
  const measured = values.filter((one) => one !== null);
  const rangeWords = range ? t("range", { span: span((range.to - range.from) * 1_000) }) : "";
  const description = { metric: name, service: service.name, range: rangeWords };
  const label =
    measured.length === 0
      ? t("chartEmpty", description)
      : t("chart", {
          ...description,
          now: service.now[metric] === null ? t("noData") : format(service.now[metric]),
          max: format(Math.max(...measured)),
        });
  const isBad = metric === "errorRatio" && value !== null && value > 0;
  return (
    <div className="metric">
      <div className="metric-name">{name}</div>
      <div className="metric-value" data-empty={value === null || undefined} data-bad={isBad || undefined}>
        {value === null ? t("noData") : format(value)}
      </div>
      {range ? (
        <Chart
          metric={metric}
          times={service.series.at}
          values={values}
          range={range}
          atLeast={AT_LEAST[metric]}
          label={label}
          onHover={onHover}
        />
      ) : (
        <div className="chart chart-empty" role="img" aria-label={label} />
      )}
      {metric === "p99Ms" && hoverAt === null && service.now.p50Ms !== null && (
        <div className="metric-more">{t("p50", { value: formatMs(service.now.p50Ms, locale) })}</div>
      )}
    </div>
  );
}

type VersionsProps = { versions: Version[]; takesTraffic: boolean; label: ReturnType<typeof useLabel> };

function Versions({ versions, takesTraffic, label }: VersionsProps) {
  const t = useTranslations("services");
  const locale = useLocale();
  const weighted = versions.filter((version) => version.weight > 0);
  const sayWeight = (version: Version) => formatRatio(version.weight / 100, locale);
  return (
    <div className="versions">
      {takesTraffic && weighted.length > 1 && (
        <div
          className="weights"
          role="img"
          aria-label={`${t("traffic")}: ${weighted.map((v) => `${v.version} ${sayWeight(v)}`).join(", ")}`}
        >
          {weighted.map((version) => (
            <span
              key={version.version}
              className={`weight role-${version.role}`}
              style={{ flexGrow: version.weight }}
            />
          ))}
        </div>
      )}
      <ul className="version-list">
        {versions.length === 0 && <li className="version-none">{t("noInstances")}</li>}
        {versions.map((version) => (
          <li key={version.version} data-testid="service-version" data-version={version.version}>
            <span className={`swatch role-${version.role}`} aria-hidden="true" />
            <b className="version-name">{version.version}</b>
            <span className="version-role">{label("role", version.role)}</span>
            {takesTraffic && (
              <span
                className="version-weight"
                title={t("weight", { version: version.version, weight: sayWeight(version) })}
              >
                {sayWeight(version)}
              </span>
            )}
            <Instances instances={version.instances} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Instances({ instances }: { instances: Instance[] }) {
  const t = useTranslations("services");
  const label = useLabel();
  const locale = useLocale();
  const { isLive } = usePage();
  const healthy = instances.filter((instance) => instance.state === "healthy").length;
  const restarts = instances.reduce((sum, instance) => sum + instance.restarts, 0);
  const describe = (instance: Instance) =>
    [
      instance.id,
      label("instance", instance.state),
      instance.rssBytes ? t("memory", { value: formatBytes(instance.rssBytes, locale) }) : null,
      t("restarts", { count: instance.restarts }),
    ]
      .filter(Boolean)
      .join(" · ");
  if (instances.length === 0) return <span className="instances">{t("noInstances")}</span>;
  const notHealthy = instances.filter((instance) => instance.state !== "healthy");
  return (
    <span className="instances">
      <span className="instance-dots" role="img" aria-label={instances.map(describe).join("; ")}>
        {instances.map((instance) => (
          <span key={instance.id} title={describe(instance)}>
            <ToneIcon tone={isLive ? toneOf("instance", instance.state) : "unknown"} size={13} />
          </span>
        ))}
      </span>
      <span>{t("instances", { healthy, total: instances.length })}</span>
      {notHealthy.length > 0 && (
        <span className="instance-note">
          {[...new Set(notHealthy.map((instance) => label("instance", instance.state)))].join(", ")}
        </span>
      )}
      {restarts > 0 && <span className="instance-note">{t("restarts", { count: restarts })}</span>}
    </span>
  );
}
