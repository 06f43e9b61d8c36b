import type { Runbook } from "@toban/definition";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

type AlertLinks = { alerts: { id: string; impact: boolean; runbook: boolean; sections: string[] }[] };

/** Each alert of the definition in force names an impact and a runbook whose three sections are written. */
export const alertLinks: Kind<AlertLinks> = {
  kind: "definition.alert-links",
  async measure({ operations }) {
    return {
      alerts: Object.entries(operations.alerts).map(([id, alert]) => ({
        id,
        impact: alert.impact.en.trim() !== "" && alert.impact.ja.trim() !== "",
        runbook: alert.runbook in operations.runbooks,
        sections: emptySections(operations.runbooks[alert.runbook]),
      })),
    };
  },
  judge({ alerts }) {
    const faults = alerts.flatMap((alert) => [
      ...(alert.impact ? [] : [`${alert.id} says no impact`]),
      ...(alert.runbook ? [] : [`${alert.id} names no existing runbook`]),
      ...alert.sections.map((section) => `${alert.id}: its runbook's ${section} is empty`),
    ]);
    if (alerts.length === 0) faults.push("the definition has no alert");
    return noFaults(
      faults,
      () =>
        pass(
          `${alerts.length} alerts`,
          text(
            "Every alert says what users notice and links a complete runbook.",
            "すべてのアラートが利用者への影響を示し、必要事項のそろった Runbook に結び付いています。",
          ),
        ),
      "alert_without_runbook",
      `${alerts.length} alerts, ${faults.length} faults`,
      text(
        "Complete the alert or its runbook in the definition.",
        "定義のアラートまたは Runbook を補ってください。",
      ),
    );
  },
  mutants: () => ({
    "no alert at all": { alerts: [] },
    "no runbook": { alerts: [{ id: "a", impact: true, runbook: false, sections: [] }] },
    "no impact": { alerts: [{ id: "a", impact: false, runbook: true, sections: [] }] },
    "empty triage": { alerts: [{ id: "a", impact: true, runbook: true, sections: ["triage"] }] },
  }),
};

function emptySections(runbook: Runbook | undefined): string[] {
  const sections = ["triage", "firstResponse", "escalation"] as const;
  return sections.filter((name) => !runbook?.[name].en.trim() || !runbook[name].ja.trim());
}

type Coverage = { missing: string[]; cells: number };

/** `parameters.matrix`: cell name → runbook name; every cell has a complete runbook. */
export const runbookCoverage: Kind<Coverage> = {
  kind: "definition.runbook-coverage",
  async measure({ operations }, _ctx, parameters) {
    const cells = Object.entries(parameters.matrix as Record<string, string>);
    const missing = cells.filter(([, name]) => emptySections(operations.runbooks[name]).length > 0);
    return { missing: missing.map(([cell]) => cell), cells: cells.length };
  },
  judge: ({ missing, cells }) =>
    noFaults(
      cells === 0 ? ["the matrix is empty"] : missing.map((cell) => `no complete runbook for ${cell}`),
      () =>
        pass(
          `${cells} of ${cells} cells`,
          text("Every cell has a runbook.", "すべての組み合わせに Runbook があります。"),
        ),
      "runbook_missing",
      `${cells - missing.length} of ${cells} cells`,
      text("Write the runbook and name it in the matrix.", "Runbook を作成し、対応表に記載してください。"),
    ),
  mutants: () => ({
    "empty matrix": { missing: [], cells: 0 },
    "one empty cell": { missing: ["core × overload"], cells: 9 },
  }),
};

type Approval = { approval: string | null };

/** `parameters.environment`: its approval in the definition in force is the promised one. */
export const environmentApproval: Kind<Approval> = {
  kind: "definition.environment-approval",
  measure: async ({ operations }, _ctx, parameters) => ({
    approval: operations.environments[String(parameters.environment)]?.approval.choice ?? null,
  }),
  judge({ approval }, { value }, parameters) {
    const due = value.kind === "choice" ? value.choice : "";
    return noFaults(
      approval === due ? [] : [`${parameters.environment} asks for ${approval ?? "nothing"}, not for ${due}`],
      () =>
        pass(
          `approval: ${approval}`,
          text("The environment asks for what was promised.", "環境の承認方式は約束どおりです。"),
        ),
      "approval_differs",
      `approval: ${approval ?? "—"}`,
      text("Use the commitment's value in the environment.", "環境の定義で約束の値を使ってください。"),
    );
  },
  mutants: (commitment) => ({
    "no such environment": { approval: null },
    "another approval": {
      approval: commitment.value.kind === "choice" && commitment.value.choice === "none" ? "manual" : "none",
    },
  }),
};
