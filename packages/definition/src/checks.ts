import { alertsWithoutRunbook, emptyRunbookSections, thresholdsOutOfOrder } from "./checks/alerts.ts";
import { contradictions } from "./checks/contradictions.ts";
import { duplicateIds } from "./checks/duplicates.ts";
import { unknownReferences } from "./checks/references.ts";
import { dependencyCycles, urlsWithoutListener } from "./checks/services.ts";
import { emptyTranslations } from "./checks/texts.ts";
import {
  durationsNotPositive,
  numbersWithoutCommitment,
  stepsNotRising,
  valuesThatDiffer,
} from "./checks/values.ts";
import type { Finding } from "./findings.ts";
import type { Operations } from "./model.ts";

/**
 * Everything that is wrong with a resolved definition beyond its shape: errors first, then warnings.
 * `today` (YYYY-MM-DD) lets acceptances end; without it none has ended.
 */
export function checkOperations(operations: Operations, options: { today?: string } = {}): Finding[] {
  const findings = [
    ...duplicateIds(operations),
    ...unknownReferences(operations),
    ...dependencyCycles(operations),
    ...urlsWithoutListener(operations),
    ...alertsWithoutRunbook(operations),
    ...emptyRunbookSections(operations),
    ...thresholdsOutOfOrder(operations),
    ...contradictions(operations, options.today),
    ...valuesThatDiffer(operations),
    ...durationsNotPositive(operations),
    ...stepsNotRising(operations),
    ...emptyTranslations(operations),
    ...numbersWithoutCommitment(operations),
  ];
  const rank = (finding: Finding) => (finding.severity === "error" ? 0 : 1);
  return findings.sort((a, b) => rank(a) - rank(b));
}
