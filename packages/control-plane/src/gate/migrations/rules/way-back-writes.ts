import type { RangeVar } from "libpg-query";
import { TRANSACTION_CHECKS } from "../checks/transaction.ts";
import { WAY_BACK_CHECKS as CHECKS } from "../checks/way-back.ts";
import { columnOf, commandsOf } from "../nodes.ts";
import { refusesTransaction } from "../simulate.ts";
import type { MigrationContext, MigrationRule, Statement } from "../types.ts";
import { writesIn } from "./data.ts";
import { isLossy } from "./old-writes.ts";
import { isUps, isUpsColumn } from "./way-back.ts";
import { reachOf } from "./where.ts";

/** What the down does to values that up never touched, and what the runner's transaction does not let it do. */
const downWrites: MigrationRule = (context) => {
  const { down = [], migration, settings } = context;
  const transaction = settings.transaction ?? migration.down?.transaction;
  for (const [at, statement] of down.entries()) {
    if (transaction === "per-file" && refusesTransaction(statement)) {
      const params = { what: statement.text.split(/\s+/, 2).join(" ") };
      context.emit(TRANSACTION_CHECKS.refusesTransaction, statement.place, { params });
    }
    const say = (what: string) => context.emit(CHECKS.lossyDown, statement.place, { params: { what } });
    const earlier = down.slice(0, at);
    if (statement.kind === "AlterTableStmt" && !isUps(context, statement.node.relation, earlier)) {
      for (const command of commandsOf(statement.node)) {
        const using = command.subtype === "AT_AlterColumnType" ? columnOf(command)?.raw_default : undefined;
        if (using === undefined || !isLossy(using)) continue;
        if (!isUpsColumn(context, statement.node.relation, command.name ?? ""))
          say(`${statement.node.relation?.relname}.${command.name}`);
      }
    }
    for (const write of writesIn(statement)) {
      if (write.kind !== "delete" && write.kind !== "update") continue;
      const { relation, whereClause } = write.node;
      // A DELETE without WHERE is found with what the down drops.
      const isPlainDelete = write.kind === "delete" && whereClause === undefined;
      if (isPlainDelete || isUps(context, relation, earlier)) continue;
      if (reachOf(whereClause, targetOf(context, relation)) !== "always") continue;
      if (write.kind === "delete") {
        say(relation?.relname ?? "");
        continue;
      }
      const columns = (write.node.targetList ?? []).flatMap((one) =>
        "ResTarget" in one ? (one.ResTarget.name ?? "") : [],
      );
      const foreign = columns.find(
        (column) => !isUpsColumn(context, relation, column) && !putsBack(earlier, column),
      );
      if (foreign !== undefined) say(`${relation?.relname}.${foreign}`);
    }
  }
};

/** The down itself has added the column again. */
const putsBack = (earlier: readonly Statement[], column: string): boolean =>
  earlier.some(
    (one) =>
      one.kind === "AlterTableStmt" &&
      commandsOf(one.node).some(
        (command) => command.subtype === "AT_AddColumn" && columnOf(command)?.colname === column,
      ),
  );

function targetOf({ after, settings }: MigrationContext, relation: RangeVar | undefined) {
  const fullName = (other: RangeVar) => after.resolve(other, settings.searchPath);
  return {
    table: relation === undefined ? "" : fullName(relation),
    names: new Set([relation?.alias?.aliasname ?? relation?.relname ?? ""]),
    state: after,
    ctes: new Map(),
    hasOthers: false,
    selves: new Set<string>(),
    fullName,
  };
}

export const wayBackWriteRules: readonly MigrationRule[] = [downWrites];
