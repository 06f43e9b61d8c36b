import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { CommandName, RequestDetail } from "../api.ts";
import { formatYen } from "../format.ts";
import { ErrorNote } from "./shared.tsx";
import { isVersionConflict, useCommand } from "./useCommand.ts";

/** These end the request or a step of it; nothing takes them back. */
type Final = "approve" | "reject" | "withdraw";
const isFinal = (name: CommandName): name is Final =>
  name === "approve" || name === "reject" || name === "withdraw";
const NEEDS_COMMENT: readonly CommandName[] = ["reject", "return", "comment"];

type Asked = { name: CommandName; expectedVersion: number };

export function Decide({ request, onEdit }: { request: RequestDetail; onEdit(): void }) {
  const t = useTranslations("act");
  const command = useCommand();
  const [comment, setComment] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<CommandName | null>(null);
  const may = (name: CommandName) => request.allowed.includes(name);

  const send = ({ name, expectedVersion }: Asked) => {
    setAsked(null);
    setDone(null);
    const words = comment.trim();
    const body = words === "" ? { expectedVersion } : { expectedVersion, comment: words };
    command.mutate(
      { name, id: request.id, body },
      {
        onSuccess: () => {
          setDone(name);
          setComment("");
        },
      },
    );
  };
  /** The version is the one that is on the screen at the click, not at the confirmation. */
  const ask = (name: CommandName) => {
    if (NEEDS_COMMENT.includes(name) && comment.trim() === "") return setIsMissing(true);
    const wish = { name, expectedVersion: request.version };
    if (isFinal(name)) setAsked(wish);
    else send(wish);
  };
  const again = () => {
    const last = command.variables;
    if (last && last.name !== "submit") send({ name: last.name, expectedVersion: last.body.expectedVersion });
  };
  const button = (name: CommandName, variant: string, color?: string) =>
    may(name) && (
      <Button
        key={name}
        variant={variant}
        {...(color ? { color } : {})}
        loading={command.isPending && command.variables?.name === name}
        disabled={command.isPending}
        data-testid={`act-${name}`}
        onClick={() => (name === "resubmit" ? onEdit() : ask(name))}
      >
        {name === "comment" ? t("commentOnly") : t(name)}
      </Button>
    );

  if (request.allowed.length === 0 && !done) return null;
  return (
    <section className="card decide" aria-label={t("title")} data-testid="decide">
      <p role="status" className="done">
        {done && !command.isPending ? t(`done.${done}`) : ""}
      </p>
      {command.error &&
        (isVersionConflict(command.error) ? (
          <div className="note note-warn" role="alert" data-testid="conflict">
            <p>{t("conflict")}</p>
          </div>
        ) : (
          <ErrorNote error={command.error} onRetry={again} />
        ))}
      {request.allowed.some((name) => name !== "resubmit") && (
        <Textarea
          label={t("comment")}
          description={t("commentHint")}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2_000}
          value={comment}
          error={isMissing ? t("commentMissing") : null}
          data-testid="comment"
          onChange={(event) => {
            setComment(event.currentTarget.value);
            setIsMissing(false);
          }}
        />
      )}
      <Group gap="xs" mt="sm">
        {button("approve", "filled", "teal.9")}
        {button("resubmit", "filled")}
        {button("return", "default")}
        {button("reject", "outline", "bad")}
        {button("comment", "default")}
        {button("withdraw", "subtle", "bad")}
      </Group>
      <Confirm asked={asked} request={request} onCancel={() => setAsked(null)} onConfirm={send} />
    </section>
  );
}

type ConfirmProps = {
  asked: Asked | null;
  request: RequestDetail;
  onCancel(): void;
  onConfirm(asked: Asked): void;
};

function Confirm({ asked, request, onCancel, onConfirm }: ConfirmProps) {
  const t = useTranslations("act");
  const locale = useLocale();
  const name = asked && isFinal(asked.name) ? asked.name : null;
  const { title } = request;
  return (
    <Modal
      opened={name !== null}
      onClose={onCancel}
      title={t("confirm.title")}
      closeButtonProps={{ "aria-label": t("cancel") }}
      centered
    >
      {asked && name && (
        <>
          <p>
            {name === "approve"
              ? t("confirm.approve", { title, amount: formatYen(request.amountYen, locale) })
              : t(`confirm.${name}`, { title })}
          </p>
          <Group justify="flex-end" gap="xs" mt="lg">
            <Button variant="default" onClick={onCancel}>
              {t("cancel")}
            </Button>
            <Button
              data-autofocus
              color={name === "approve" ? "teal.9" : "red.9"}
              data-testid="confirm"
              onClick={() => onConfirm(asked)}
            >
              {t(name)}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}
