import { FUZZ_CHECKS } from "./checks/fuzz.ts";
import { REACH_CHECKS } from "./checks/reach.ts";
import { ROLE_CHECKS } from "./checks/roles.ts";
import { TABLE_CHECKS } from "./checks/tables.ts";

/** What `toban db check` says. Their examples need a PostgreSQL: the family's own test runs them. */
export const DATABASE_CHECKS = { ...TABLE_CHECKS, ...ROLE_CHECKS, ...REACH_CHECKS, ...prefixed() };

/** Those of the fuzzer by names that do not meet the others'. */
function prefixed() {
  const {
    read,
    write,
    insert,
    existence,
    reference,
    called,
    notFuzzed,
    nothingFuzzed,
    exceptionUnused,
    exempt,
  } = FUZZ_CHECKS;
  return {
    leakRead: read,
    leakWrite: write,
    leakInsert: insert,
    leakExistence: existence,
    leakReference: reference,
    leakFunction: called,
    notFuzzed,
    nothingFuzzed,
    exceptionUnused,
    exempt,
  };
}
