import type { Contract, Version } from "./model.ts";

export type Match = { base: Contract; revision: Contract | null };

/**
 * The counterpart in the revision of each contract of a base, by `$id`, path, file name, title, and these without
 * a version. `isWhole`: the revision is all that there is, so that what has no counterpart was removed.
 */
export function matchContracts(base: Version, revision: Version, isWhole: boolean): Match[] {
  const only = revision.contracts.length === 1 ? revision.contracts[0]! : null;
  const single = base.contracts.length === 1 ? base.contracts[0]! : null;
  if (only && single && !isDefinition(only) && !isDefinition(single))
    return [{ base: single, revision: only }];
  const taken = new Set<Contract>();
  const found = new Map<Contract, Contract>();
  const kinds = ["id", "path", "file", "definition", "title", "stem"];
  for (const kind of kinds) {
    for (const contract of base.contracts) {
      if (found.has(contract)) continue;
      const keys = contract.keys.filter((key) => key.startsWith(`${kind} `));
      const candidates = revision.contracts.filter((one) => one.keys.some((key) => keys.includes(key)));
      // Several live versions of one event may lie side by side: each is held against the newest.
      const free = candidates.filter((one) => kind === "stem" || !taken.has(one));
      if (free.length !== 1) continue;
      found.set(contract, free[0]!);
      taken.add(free[0]!);
    }
  }
  const lonely = base.contracts.filter((contract) => !found.has(contract));
  // Names such as v1.json and v2.json tell only versions apart.
  if (only && !isDefinition(only) && lonely.every((one) => !has(one, "stem") && !isDefinition(one))) {
    for (const contract of lonely) found.set(contract, only);
  }
  // A bundle of definitions is whole in itself.
  const isBundle = revision.contracts.some(isDefinition);
  return base.contracts
    .map((contract) => ({ base: contract, revision: found.get(contract) ?? null }))
    .filter((match) => match.revision !== null || isWhole || (isBundle && isDefinition(match.base)));
}

const has = (contract: Contract, kind: string) => contract.keys.some((key) => key.startsWith(`${kind} `));
const isDefinition = (contract: Contract) => has(contract, "definition");
