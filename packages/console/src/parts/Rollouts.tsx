import { useLocale, useTranslations } from "use-intl";
import type { Rollout, RolloutStep } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import { formatRatio } from "../view/format.ts";
import { inReadingOrder, isActive, phaseOf } from "../view/rollout.ts";
import { toneOf } from "../view/tone.ts";
import { Folded, Section, Status, Time, ToneIcon, useAge, useLabel, usePage } from "./page.tsx";

/** The one under way, or the last one that ended, in full; older ones folded. */
export function Rollouts({ rollouts }: { rollouts: Rollout[] }) {
  const t = useTranslations("rollouts");
  const ordered = inReadingOrder(rollouts);
  const inFull = Math.max(1, ordered.filter(isActive).length);
  const earlier = ordered.slice(inFull);
  return (
    <Section id="rollouts" title={t("title")}>
      {ordered.length === 0 && <p className="empty">{t("empty")}</p>}
      {ordered.slice(0, inFull).map((rollout) => (
        <RolloutCard key={rollout.id} rollout={rollout} />
      ))}
      {earlier.length > 0 && (
        <Folded summary={t("earlier", { count: earlier.length })}>
          {earlier.map((rollout) => (
            <RolloutCard key={rollout.id} rollout={rollout} />
          ))}
        </Folded>
      )}
    </Section>
  );
}

function RolloutCard({ rollout }: { rollout: Rollout }) {
  const t = useTranslations("rollouts");
  const { span } = useAge();
  const phase = phaseOf(rollout);
  const { service, version, fromVersion: from } = rollout;
  const label = from ? t("change", { service, from, to: version }) : t("first", { service, to: version });
  return (
    <article
      className="card rollout"
      id={`rollout-${rollout.id}`}
      data-testid="rollout"
      data-version={version}
      data-phase={phase}
      aria-label={label}
    >
      <div className="item-head">
        <h3>
          {service}{" "}
          <span className="change">
            {from && (
              <>
                {from} <span aria-hidden="true">→</span>{" "}
              </>
            )}
            <b>{version}</b>
          </span>
        </h3>
        <Status kind="rollout" state={phase} strong />
      </div>
      <ol className="steps">
        {rollout.steps.map((step) => (
          <Step key={`${step.phase} ${step.weight}`} step={step} rollout={rollout} />
        ))}
        <BackStep rollout={rollout} />
      </ol>
      <p className="item-foot">
        {t("started")} <Time at={rollout.startedAt} />
        {rollout.endedAt && (
          <>
            {" · "}
            {span(Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt))}
          </>
        )}
      </p>
    </article>
  );
}

function Step({ step, rollout }: { step: RolloutStep; rollout: Rollout }) {
  const t = useTranslations("rollouts");
  const locale = useLocale();
  const label = useLabel();
  const { isLive } = usePage();
  const tone = step.verdict === null ? "quiet" : isLive ? toneOf("verdict", step.verdict) : "unknown";
  const notReached = step.verdict === null;
  const words = notReached
    ? t(isActive(rollout) ? "waiting" : "notReached")
    : label("verdict", step.verdict ?? "");
  const weight = formatRatio(step.weight / 100, locale);
  return (
    <li
      className="step"
      data-testid="rollout-step"
      data-weight={step.weight}
      data-phase={step.phase}
      data-verdict={step.verdict ?? "none"}
      aria-current={step.verdict === "running" ? "step" : undefined}
    >
      <ToneIcon tone={tone} size={16} />
      <span className="step-weight" title={step.weight === 0 ? t("noTraffic") : t("step", { weight })}>
        {step.phase === "bake" ? t("bake") : step.weight === 0 ? "–" : weight}
      </span>
      <span className={`step-verdict tone-${tone}`}>{words}</span>
      {!notReached && (
        <span className="step-facts">
          {t("observed", { seconds: Math.round(step.observedSeconds) })}
          {" · "}
          {t("requests", { count: step.requests })}
        </span>
      )}
      {step.reason && <span className="step-reason">{textIn(step.reason, locale)}</span>}
    </li>
  );
}

/** A rollback is a step of its own, so that nobody has to read it out of the others. */
function BackStep({ rollout }: { rollout: Rollout }) {
  const t = useTranslations("rollouts");
  const { isLive } = usePage();
  const phase = phaseOf(rollout);
  if (phase !== "rolled-back" && phase !== "rolling-back") return null;
  const version = rollout.fromVersion;
  const words =
    phase === "rolled-back"
      ? version
        ? t("rolledBackTo", { version })
        : t("rolledBack")
      : version
        ? t("rollingBackTo", { version })
        : t("rollingBack");
  const tone = !isLive ? "unknown" : phase === "rolled-back" ? "ok" : "busy";
  return (
    <li className="step step-back" data-testid="rollout-rollback" data-phase={phase}>
      <svg className={`tone-icon tone-${tone}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path className="ring-mark" d="M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6" />
      </svg>
      <span className="step-back-words">{words}</span>
      {rollout.endedAt && (
        <span className="step-facts">
          <Time at={rollout.endedAt} />
        </span>
      )}
      {rollout.rollbackSeconds !== null && (
        <span className="step-took">
          {t("rollbackTook", { seconds: rollout.rollbackSeconds.toFixed(1) })}
        </span>
      )}
    </li>
  );
}
