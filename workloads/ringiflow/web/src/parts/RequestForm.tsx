import { Button, FileButton, Group, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Category, RequestDetail } from "../api.ts";
import { CATEGORIES, checkDraft, type Draft, describeFile, emptyDraft, MAX_AMOUNT_YEN } from "../draft.ts";
import { formatFileSize } from "../format.ts";
import { goTo } from "../place.ts";
import { ErrorNote, useWord } from "./shared.tsx";
import { isVersionConflict, useCommand, type Wish } from "./useCommand.ts";

/** A new request, or the corrected contents of a returned one. */
export function RequestForm({ returned, onClose }: { returned?: RequestDetail; onClose(): void }) {
  const t = useTranslations();
  const word = useWord();
  const command = useCommand();
  const [draft, setDraft] = useState<Draft>(returned ?? emptyDraft);
  const [comment, setComment] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const checked = checkDraft(draft);
  const problems = isChecked && !checked.ok ? checked.problems : {};
  const set = (change: Partial<Draft>) => setDraft((was) => ({ ...was, ...change }));
  const say = (field: keyof Draft) => {
    const problem = problems[field];
    return problem ? t(`form.problem.${problem}`) : null;
  };

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setIsChecked(true);
    if (!checked.ok || command.isPending) return;
    const contents = checked.body;
    const words = comment.trim();
    const wish: Wish = returned
      ? {
          name: "resubmit",
          id: returned.id,
          body: { expectedVersion: returned.version, ...contents, ...(words ? { comment: words } : {}) },
        }
      : { name: "submit", contents };
    command.mutate(wish, {
      onSuccess: ({ request }) => {
        goTo({ kind: "request", id: request.id });
        onClose();
      },
    });
  };

  return (
    <form className="card form" onSubmit={submit} noValidate data-testid="request-form">
      <h1>{returned ? t("form.again") : t("form.new")}</h1>
      <TextInput
        label={t("form.title")}
        withAsterisk
        maxLength={200}
        value={draft.title}
        error={say("title")}
        data-testid="form-title"
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <div className="form-pair">
        <NativeSelect
          label={t("form.category")}
          withAsterisk
          value={draft.category}
          error={say("category")}
          data-testid="form-category"
          onChange={(event) => set({ category: event.currentTarget.value as Category | "" })}
          data={[
            { value: "", label: t("form.categoryChoose"), disabled: true },
            ...CATEGORIES.map((category) => ({ value: category, label: word("category", category) })),
          ]}
        />
        <NumberInput
          label={t("form.amount")}
          withAsterisk
          prefix="¥"
          thousandSeparator=","
          allowNegative={false}
          allowDecimal={false}
          hideControls
          clampBehavior="none"
          max={MAX_AMOUNT_YEN}
          inputMode="numeric"
          value={draft.amountYen}
          error={say("amountYen")}
          data-testid="form-amount"
          onChange={(value) => set({ amountYen: value === "" ? "" : Number(value) })}
        />
      </div>
      <Textarea
        label={t("form.body")}
        description={t("form.bodyHint")}
        autosize
        minRows={5}
        maxRows={16}
        maxLength={10_000}
        value={draft.body}
        error={say("body")}
        data-testid="form-body"
        onChange={(event) => set({ body: event.currentTarget.value })}
      />
      <Attachments draft={draft} onChange={set} error={say("attachments")} />
      {returned && (
        <TextInput
          label={t("form.comment")}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      )}
      {command.error &&
        (isVersionConflict(command.error) ? (
          <div className="note note-warn" role="alert">
            <p>{t("act.conflict")}</p>
          </div>
        ) : (
          <ErrorNote error={command.error} onRetry={() => submit()} />
        ))}
      <Group gap="xs">
        <Button type="submit" loading={command.isPending} data-testid="form-submit">
          {returned ? t("form.resubmit") : t("form.submit")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("form.cancel")}
        </Button>
      </Group>
    </form>
  );
}

type AttachmentsProps = { draft: Draft; onChange(change: Partial<Draft>): void; error: string | null };

function Attachments({ draft, onChange, error }: AttachmentsProps) {
  const t = useTranslations("form");
  const locale = useLocale();
  const { attachments } = draft;
  return (
    <fieldset className="attachments">
      <legend>{t("attachments")}</legend>
      <p className="dim small">{t("attachmentsHint")}</p>
      <ul className="files">
        {attachments.map((file, index) => (
          <li key={`${file.name} ${file.size}`}>
            <span>{file.name}</span> <span className="dim small">{formatFileSize(file.size, locale)}</span>
            <button
              type="button"
              className="remove"
              aria-label={t("remove", { name: file.name })}
              onClick={() => onChange({ attachments: attachments.toSpliced(index, 1) })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <FileButton
        multiple
        onChange={(files) => onChange({ attachments: [...attachments, ...files.map(describeFile)] })}
      >
        {(props) => (
          <Button {...props} variant="default" size="xs">
            {t("attachmentsChoose")}
          </Button>
        )}
      </FileButton>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
