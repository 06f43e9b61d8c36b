import { Button, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Fragment, useMemo, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { getCommitments } from "../api/client.ts";
import type { Commitment, CommitmentState, Overview } from "../api/types.ts";
import { textIn } from "../i18n/index.ts";
import { filterCommitments, STATES } from "../view/commitments.ts";
import { toneOf } from "../view/tone.ts";
import { ErrorNote } from "./ErrorNote.tsx";
import { Section, Status, Time, ToneIcon, useAge, useLabel, usePage } from "./page.tsx";

const PAGE = 25;

export function Commitments({ commitments }: { commitments: Overview["commitments"] }) {
  const t = useTranslations("commitments");
  const { isLive } = usePage();
  const { counts } = commitments;
  const [states, setStates] = useState<ReadonlySet<CommitmentState>>(new Set());
  const [text, setText] = useState("");
  const [shown, setShown] = useState(PAGE);
  const register = useQuery({
    // Changed counts mean changed rows; otherwise ages and evidence are renewed now and then.
    queryKey: ["commitments", counts],
    queryFn: ({ signal }) => getCommitments(signal),
    placeholderData: keepPreviousData,
    enabled: isLive,
    refetchInterval: 20_000,
    retry: 1,
  });
  const rows = useMemo(
    () => filterCommitments(register.data ?? [], { states, text }),
    [register.data, states, text],
  );
  const toggle = (state: CommitmentState) => {
    const next = new Set(states);
    if (!next.delete(state)) next.add(state);
    setStates(next);
    setShown(PAGE);
  };
  return (
    <Section
      id="commitments"
      title={t("title")}
      testid="commitments"
      aside={t("total", { count: commitments.total })}
    >
      <div className="card">
        <Bar counts={counts} states={states} onToggle={toggle} />
        <div className="commitment-tools">
          <TextInput
            size="sm"
            className="commitment-search"
            aria-label={t("searchLabel")}
            placeholder={t("search")}
            value={text}
            data-testid="commitments-search"
            onChange={(event) => {
              setText(event.currentTarget.value);
              setShown(PAGE);
            }}
          />
          <span className="commitment-shown" role="status">
            {register.data && t("shown", { shown: rows.length, total: register.data.length })}
          </span>
        </div>
        {register.error && <ErrorNote error={register.error} onRetry={() => void register.refetch()} />}
        {register.isPending && <p className="empty">{t("loading")}</p>}
        {register.data && rows.length === 0 && (
          <p className="empty">{register.data.length === 0 ? t("emptyRegister") : t("none")}</p>
        )}
        {rows.length > 0 && <Table rows={rows.slice(0, shown)} />}
        {rows.length > shown && (
          <Button variant="default" size="xs" mt="sm" onClick={() => setShown(shown + 4 * PAGE)}>
            {t("showMore", { count: Math.min(4 * PAGE, rows.length - shown) })}
          </Button>
        )}
      </div>
    </Section>
  );
}

type BarProps = {
  counts: Overview["commitments"]["counts"];
  states: ReadonlySet<CommitmentState>;
  onToggle(state: CommitmentState): void;
};

function Bar({ counts, states, onToggle }: BarProps) {
  const t = useTranslations("commitments");
  const label = useLabel();
  const { isLive } = usePage();
  return (
    <div data-testid="commitments-counts">
      <div
        className="counts-bar"
        role="img"
        aria-label={`${t("bar")}: ${STATES.map((s) => `${label("commitment", s)} ${counts[s]}`).join(", ")}`}
      >
        {STATES.map(
          (state) =>
            counts[state] > 0 && (
              <span
                key={state}
                className={`count-part commitment-${state}`}
                style={{ flexGrow: counts[state] }}
              />
            ),
        )}
      </div>
      <div className="counts">
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className="count"
            aria-pressed={states.has(state)}
            aria-label={t("filter", { state: label("commitment", state), count: counts[state] })}
            data-testid={`count-${state}`}
            data-count={counts[state]}
            onClick={() => onToggle(state)}
          >
            <ToneIcon
              tone={counts[state] === 0 ? "quiet" : isLive ? toneOf("commitment", state) : "unknown"}
              size={14}
            />
            <b>{counts[state]}</b>
            <span>{label("commitment", state)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Table({ rows }: { rows: Commitment[] }) {
  const t = useTranslations("commitments");
  return (
    <table className="commitment-table" data-testid="commitments-table">
      <thead>
        <tr>
          {(["id", "says", "value", "keptBy", "provenBy", "evidence"] as const).map((column) => (
            <th key={column} scope="col">
              {t(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: Commitment }) {
  const t = useTranslations("commitments");
  const locale = useLocale();
  const reason = textIn(row.evidence?.reason ?? null, locale);
  const remedy = textIn(row.evidence?.remedy ?? null, locale);
  return (
    <tr data-testid="commitment" data-id={row.id} data-state={row.state}>
      <td className="c-id">
        <code>{row.id}</code>
        <Status kind="commitment" state={row.state} />
      </td>
      <td className="c-says">
        {textIn(row.says, locale)} <span className="source">{t("source", { section: row.source })}</span>
        {row.state === "failing" && (reason || remedy) && (
          <dl className="facts because">
            {reason && (
              <div>
                <dt>{t("reason")}</dt>
                <dd>{reason}</dd>
              </div>
            )}
            {remedy && (
              <div>
                <dt>{t("remedy")}</dt>
                <dd>{remedy}</dd>
              </div>
            )}
          </dl>
        )}
      </td>
      <td className="c-value" data-label={t("value")}>
        {row.value}
      </td>
      <td data-label={t("keptBy")} data-none={row.keptBy.length === 0 || undefined}>
        <Names names={row.keptBy} none={t("nothingKeeps")} />
      </td>
      <td data-label={t("provenBy")} data-none={row.provenBy.length === 0 || undefined}>
        <Names names={row.provenBy} none={t("nothingProves")} />
      </td>
      <td data-label={t("evidence")} data-none={row.evidence === null || undefined}>
        <EvidenceView row={row} />
      </td>
    </tr>
  );
}

function Names({ names, none }: { names: string[]; none: string }) {
  if (names.length === 0) return <span className="none">{none}</span>;
  return (
    <span className="names">
      {names.map((name) => (
        <code key={name}>
          {name.split(/(?<=[./:])/).map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one name, never reordered
            <Fragment key={index}>
              {index > 0 && <wbr />}
              {part}
            </Fragment>
          ))}
        </code>
      ))}
    </span>
  );
}

function EvidenceView({ row: { evidence } }: { row: Commitment }) {
  const t = useTranslations("commitments");
  const label = useLabel();
  const { nowMs } = usePage();
  const { ago } = useAge();
  if (!evidence) return <span className="none">{t("noEvidence")}</span>;
  const stale = () => {
    if (evidence.stale === "expired") {
      return nowMs === null ? "" : t("expired", { age: ago(nowMs - Date.parse(evidence.expiresAt)) });
    }
    return evidence.stale === "the proof or its value"
      ? t("changedProof")
      : t("changed", { what: evidence.stale ?? "" });
  };
  return (
    <span className="evidence">
      <span>
        <Status kind="verdict" state={evidence.verdict} /> <Time at={evidence.at} />
      </span>
      {evidence.measured !== "" && <span>{t("measured", { value: evidence.measured })}</span>}
      {evidence.grade === "attested" && <span className="grade">{label("grade", evidence.grade)}</span>}
      {evidence.stale !== null && <span className="grade">{stale()}</span>}
    </span>
  );
}
