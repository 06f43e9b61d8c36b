import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { getRequest, type HistoryEntry, type RequestDetail } from "../api.ts";
import { formatFileSize, formatYen } from "../format.ts";
import { Decide } from "./Decide.tsx";
import { RequestForm } from "./RequestForm.tsx";
import {
  Ago,
  ErrorNote,
  Mark,
  NotUpdated,
  StatusBadge,
  useCaller,
  usePolling,
  useSession,
  useWord,
} from "./shared.tsx";

export function Detail({ id }: { id: string }) {
  const t = useTranslations();
  const caller = useCaller();
  const { user } = useSession();
  const [isEditing, setIsEditing] = useState(false);
  const polling = usePolling(10_000);
  const answer = useQuery({
    queryKey: ["request", user.id, id],
    queryFn: ({ signal }) => getRequest(caller, id, signal),
    // Not under somebody's hands while they correct it: the version they saw is the one they answer.
    refetchInterval: isEditing ? false : polling,
  });
  const { data, error } = answer;
  return (
    <div className="detail">
      <a className="back" href="#/">
        ← {t("detail.back")}
      </a>
      {error && data && <NotUpdated error={error} />}
      {error && !data && <ErrorNote error={error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <p className="dim">{t("app.loading")}</p>}
      {data && isEditing && data.request.allowed.includes("resubmit") && (
        <RequestForm returned={data.request} onClose={() => setIsEditing(false)} />
      )}
      {data && !(isEditing && data.request.allowed.includes("resubmit")) && (
        <>
          <Contents request={data.request} />
          <Decide key={id} request={data.request} onEdit={() => setIsEditing(true)} />
          <History entries={data.history} />
        </>
      )}
    </div>
  );
}

function Contents({ request }: { request: RequestDetail }) {
  const t = useTranslations("detail");
  const locale = useLocale();
  const word = useWord();
  return (
    <article
      className="card"
      data-testid="detail"
      data-status={request.status}
      data-version={request.version}
    >
      <div className="detail-head">
        <h1>{request.title}</h1>
        <StatusBadge status={request.status} />
      </div>
      <p className="detail-amount">{formatYen(request.amountYen, locale)}</p>
      <dl className="facts">
        <div>
          <dt>{t("applicant")}</dt>
          <dd>
            {request.applicant.name} · {word("department", request.department)}
          </dd>
        </div>
        <div>
          <dt>{t("category")}</dt>
          <dd>{word("category", request.category)}</dd>
        </div>
        <div>
          <dt>{t("updated")}</dt>
          <dd>
            <Ago at={request.updatedAt} />
          </dd>
        </div>
      </dl>
      <p className="detail-body">{request.body || <span className="dim">{t("noBody")}</span>}</p>
      {request.attachments.length > 0 && (
        <>
          <h2>{t("attachments")}</h2>
          <ul className="files">
            {request.attachments.map((file) => (
              <li key={`${file.name} ${file.size}`}>
                <span>{file.name}</span>{" "}
                <span className="dim small">{formatFileSize(file.size, locale)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>{t("route")}</h2>
      <ol className="route" data-testid="route">
        {request.route.map((step) => (
          <li
            key={`${step.role} ${step.approver.id}`}
            className={`route-step route-${step.state}`}
            aria-current={step.state === "current" ? "step" : undefined}
          >
            <Mark state={step.state} size={18} />
            <span>
              <b>{step.approver.name}</b> <span className="dim small">{word("role", step.role)}</span>
              <span className="route-state">{word("step", step.state)}</span>
            </span>
          </li>
        ))}
      </ol>
    </article>
  );
}

function History({ entries }: { entries: HistoryEntry[] }) {
  const t = useTranslations("detail");
  const word = useWord();
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history">{t("history")}</h2>
      <ol className="history" data-testid="history">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events are append-only and in order
          <li key={index}>
            <span className="history-line">
              <b>{entry.actor.name}</b> <span>{word("event", entry.type)}</span>{" "}
              <span className="dim small">
                <Ago at={entry.at} />
              </span>
            </span>
            {entry.comment && <p className="comment">{entry.comment}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
