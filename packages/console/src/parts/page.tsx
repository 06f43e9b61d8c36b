import { createContext, type ReactNode, useContext } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Messages } from "../i18n/en.ts";
import { catalogues } from "../i18n/index.ts";
import { ageOf, formatAbsolute, formatClock } from "../view/format.ts";
import { type Tone, toneOf } from "../view/tone.ts";

/** What every part needs to know about the picture it belongs to. */
export type PageState = {
  /** The server's time, epoch ms; null before the first overview. */
  nowMs: number | null;
  /** False: what is shown is old, and no part may claim a state or show its colour. */
  isLive: boolean;
};

export const PageContext = createContext<PageState>({ nowMs: null, isLive: false });
export const usePage = () => useContext(PageContext);

/** The word for a state; a state this version does not know is shown as the server wrote it. */
export function useLabel() {
  const states = catalogues[useLocale()].state;
  return (kind: keyof Messages["state"], state: string): string =>
    (states[kind] as Record<string, string>)[state] ?? state;
}

export function useAge() {
  const t = useTranslations("age");
  return {
    ago: (ms: number) => {
      const age = ageOf(Math.abs(ms));
      return ms < -1_000 ? t("inFuture", age) : t("ago", age);
    },
    span: (ms: number) => t("span", ageOf(ms)),
  };
}

/** "3 min ago", with the absolute time on hover. `clock` shows the time of day instead. */
export function Time({ at, clock = false }: { at: string; clock?: boolean }) {
  const locale = useLocale();
  const { nowMs } = usePage();
  const { ago } = useAge();
  const date = new Date(at);
  const absolute = formatAbsolute(date, locale);
  const shown = clock || nowMs === null ? formatClock(date, locale) : ago(nowMs - date.getTime());
  return (
    <time dateTime={at} title={absolute} className="time">
      {shown}
    </time>
  );
}

const SHAPES: Record<Tone, ReactNode> = {
  ok: (
    <>
      <circle cx="8" cy="8" r="7" />
      <path className="mark" d="m4.8 8.3 2.2 2.2 4.2-4.8" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.3 15.3 14.3H.7Z" strokeLinejoin="round" />
      <path className="mark" d="M8 6v3.6M8 11.9v.1" />
    </>
  ),
  bad: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" />
      <path className="mark" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" />
    </>
  ),
  busy: (
    <>
      <circle cx="8" cy="8" r="6.2" className="ring" />
      <path className="ring-mark" d="M8 4.4V8l2.6 1.7" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.2" className="ring dashed" />
      <path
        className="ring-mark"
        d="M6.2 6.4c.2-1.2 1-1.7 1.9-1.7 1 0 1.8.7 1.8 1.6 0 1.4-1.8 1.4-1.8 2.7M8 11.4v.1"
      />
    </>
  ),
  quiet: (
    <>
      <circle cx="8" cy="8" r="6.2" className="ring" />
      <path className="ring-mark" d="M5.2 8h5.6" />
    </>
  ),
};

/** Each tone has its own shape, so that colour is never the only sign. */
export function ToneIcon({ tone, size = 16 }: { tone: Tone; size?: number }) {
  return (
    <svg
      className={`tone-icon tone-${tone}`}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
    >
      {SHAPES[tone]}
    </svg>
  );
}

/** A state as icon and word. Grey, and said to be old, when the picture is not live. */
export function Status(props: { kind: keyof Messages["state"]; state: string; strong?: boolean }) {
  const { isLive } = usePage();
  const label = useLabel();
  const t = useTranslations("headline");
  const tone = isLive ? toneOf(props.kind, props.state) : "unknown";
  const word = label(props.kind, props.state);
  return (
    <span className={`status tone-${tone}`} data-strong={props.strong || undefined} data-state={props.state}>
      <ToneIcon tone={tone} size={props.strong ? 16 : 14} />
      <span>{!isLive && props.strong ? t("last", { what: word }) : word}</span>
    </span>
  );
}

export function Section(props: {
  id: string;
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  testid?: string;
}) {
  return (
    <section
      className="section"
      aria-labelledby={`${props.id}-title`}
      id={props.id}
      data-testid={props.testid}
    >
      <div className="section-head">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        {props.aside !== undefined && <div className="section-aside">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}

/** Things of the past: closed until asked for. */
export function Folded({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="folded">
      <summary>{summary}</summary>
      <div className="folded-body">{children}</div>
    </details>
  );
}
