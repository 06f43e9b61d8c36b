import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { getRequests, type RequestSummary, type View } from "../api.ts";
import { formatYen } from "../format.ts";
import { goTo, hashOf } from "../place.ts";
import {
  Ago,
  ErrorNote,
  NotUpdated,
  StatusBadge,
  useCaller,
  usePolling,
  useSession,
  useWord,
} from "./shared.tsx";

const LIMIT = 50;
const EMPTY = { mine: "emptyMine", "to-decide": "emptyToDecide", all: "emptyAll" } as const;

export function RequestList({ openId }: { openId: string | null }) {
  const t = useTranslations("list");
  const caller = useCaller();
  const { user } = useSession();
  const decides = user.roles.some((role) => role !== "applicant");
  const [view, setView] = useState<View>(decides ? "to-decide" : "mine");
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 300);
  const polling = usePolling(10_000);
  const list = useQuery({
    queryKey: ["requests", user.id, view, q],
    queryFn: ({ signal }) => getRequests(caller, { view, q, limit: LIMIT }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: polling,
  });
  const waiting = useQuery({
    queryKey: ["requests", user.id, "to-decide", ""],
    queryFn: ({ signal }) => getRequests(caller, { view: "to-decide", q: "", limit: LIMIT }, signal),
    enabled: decides,
    refetchInterval: polling,
  });
  const count = waiting.data?.length ?? 0;
  return (
    <section className="list" aria-label={t("title")}>
      <div className="list-tools">
        <SegmentedControl
          fullWidth
          size="sm"
          aria-label={t("view")}
          value={view}
          onChange={(value) => setView(value as View)}
          data={[
            { value: "mine", label: t("mine") },
            {
              value: "to-decide",
              label: (
                <span>
                  {t("toDecide")}
                  {count > 0 && <span className="count">{count === LIMIT ? `${count}+` : count}</span>}
                </span>
              ),
            },
            { value: "all", label: t("all") },
          ]}
        />
        <div className="list-row">
          <TextInput
            className="grow"
            type="search"
            aria-label={t("search")}
            placeholder={t("search")}
            value={text}
            data-testid="search"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button onClick={() => goTo({ kind: "new" })} data-testid="new-request">
            {t("new")}
          </Button>
        </div>
      </div>
      {list.error && list.data && <NotUpdated error={list.error} />}
      {list.error && !list.data && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <p className="empty" role="status">
          {q ? t("noMatch", { q }) : t(EMPTY[view])}
        </p>
      )}
      <ul className="requests" data-testid="requests" data-old={list.isPlaceholderData || undefined}>
        {list.data?.map((request) => (
          <RequestLine key={request.id} request={request} isOpen={request.id === openId} />
        ))}
      </ul>
      {list.data?.length === LIMIT && <p className="dim small">{t("newest", { count: LIMIT })}</p>}
    </section>
  );
}

function RequestLine({ request, isOpen }: { request: RequestSummary; isOpen: boolean }) {
  const t = useTranslations("list");
  const word = useWord();
  const locale = useLocale();
  return (
    <li>
      <a
        className="request"
        href={hashOf({ kind: "request", id: request.id })}
        aria-current={isOpen ? "true" : undefined}
        data-testid="request"
        data-id={request.id}
      >
        <span className="request-title">{request.title}</span>
        <span className="request-amount">{formatYen(request.amountYen, locale)}</span>
        <span className="dim small request-who">
          {request.applicant.name} · {word("category", request.category)} · <Ago at={request.updatedAt} />
        </span>
        <StatusBadge status={request.status} />
        {request.currentApprover && (
          <span className="dim small request-waits">
            {t("waitsFor", { name: request.currentApprover.name })}
          </span>
        )}
      </a>
    </li>
  );
}
