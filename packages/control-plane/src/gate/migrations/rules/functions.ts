import { DROP_CHECKS as CHECKS } from "../checks/drops.ts";
import { signatureOf } from "../functions.ts";
import { relationOf, stringsOf } from "../nodes.ts";
import type { Rule, Signature } from "../types.ts";

/** What PostgreSQL refuses to change by OR REPLACE (42P13, 42809), before and after. */
function refused(before: Signature, after: Signature): [string, string] | undefined {
  for (const [at, old] of before.inputs.entries()) {
    const { name, hasDefault } = after.inputs[at]!;
    // A parameter without a name may get one.
    if (old.name !== "" && old.name !== name) return [old.name, name === "" ? `$${at + 1}` : name];
    if (old.hasDefault && !hasDefault) return [`${old.name} DEFAULT`, old.name];
  }
  if (before.procedure !== after.procedure) {
    return [before.procedure ? "PROCEDURE" : "FUNCTION", after.procedure ? "PROCEDURE" : "FUNCTION"];
  }
  return before.result === after.result || before.procedure ? undefined : [before.result, after.result];
}

const replaceRoutine: Rule = (context) => {
  const { statement, before, session } = context;
  if (statement.kind !== "CreateFunctionStmt" || statement.node.replace !== true) return;
  const { schemaname = session.searchPath[0] ?? "public", relname = "" } = relationOf(
    stringsOf(statement.node.funcname),
  );
  const name = `${schemaname}.${relname}`;
  const known = before.get("function", name)?.signature;
  if (known === undefined) return;
  const now = signatureOf(statement.node);
  const types = (signature: Signature) => signature.inputs.map(({ type }) => type).join();
  // With other types it is a function of its own.
  if (types(known) !== types(now)) return;
  const change = refused(known, now);
  if (change === undefined) return;
  const params = { name, before: change[0], after: change[1] };
  context.emit(CHECKS.routineNotReplaceable, { params });
};

export const functionRules: readonly Rule[] = [replaceRoutine];
