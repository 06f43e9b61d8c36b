import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { RequestFailed } from "../api/client.ts";
import type { Failure } from "../live/connection.ts";

/** A refusal as it is everywhere: what, why, and what to do about it. */
export function Explanation({ failure }: { failure: Failure }) {
  const t = useTranslations();
  const { refusal, status } = failure;
  if (!refusal) {
    return <p>{status === 0 ? t("connection.unreachable") : t("connection.unreadable", { status })}</p>;
  }
  return (
    <>
      <p>{refusal.reason}</p>
      {refusal.remedy && <p>{refusal.remedy}</p>}
      <p className="error-code">
        {t("error.code")} <code>{refusal.code}</code>
      </p>
    </>
  );
}

export function ErrorNote({ error, onRetry }: { error: Error; onRetry(): void }) {
  const t = useTranslations("error");
  const failure =
    error instanceof RequestFailed
      ? { status: error.status, refusal: error.refusal }
      : { status: 0, refusal: null };
  return (
    <div className="note tone-bad" role="alert">
      <p className="note-title">{t("title")}</p>
      <Explanation failure={failure} />
      <Button variant="default" size="xs" onClick={onRetry}>
        {t("retry")}
      </Button>
    </div>
  );
}
