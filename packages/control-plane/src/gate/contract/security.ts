import { below, isRecord, own } from "../schema/index.ts";
import { type Comparing, note, type Where } from "./comparing.ts";
import type { Contract } from "./document.ts";
import { childOf, entriesOf, type Operation, rootOf } from "./operations.ts";

/** Credentials that are wanted together: schemes with their scopes. */
type Alternative = Map<string, readonly string[]>;

/** Whoever could call before must be able to call with the same credentials. */
export function compareSecurity(
  comparing: Comparing,
  before: Operation,
  after: Operation,
  where: Where,
): void {
  const base = alternativesOf(before, comparing.base);
  const revision = alternativesOf(after, comparing.revision);
  const names = renamed(comparing);
  const refused = base.list.filter(
    (given) => !revision.list.some((wanted) => suffices(given, wanted, names)),
  );
  for (const given of refused) {
    const changed = [...given.keys()].find(
      (name) => names.changed.has(name) && revision.list.some((wanted) => wanted.has(name)),
    );
    if (changed) {
      const at = below(rootOf(comparing.revision).at, "components", "securitySchemes", changed);
      note(comparing, "securitySchemeChanged", ["revision", at], where, { name: changed });
    } else {
      const to = revision.list.map(shown).join(" | ");
      note(comparing, "securityAdded", ["revision", revision.at], where, { from: shown(given), to });
    }
  }
  const isOpen = (list: Alternative[]) => list.some((one) => one.size === 0);
  if (isOpen(revision.list) && !isOpen(base.list)) {
    note(comparing, "securityRemoved", ["revision", revision.at], where);
  }
}

const shown = (alternative: Alternative): string =>
  [...alternative]
    .map(([name, scopes]) => `${name}${scopes.length > 0 ? ` (${scopes.join(", ")})` : ""}`)
    .join(" + ") || "–";

function suffices(given: Alternative, wanted: Alternative, names: Names): boolean {
  return [...wanted].every(([name, scopes]) => {
    const held = [...given].find(([one]) => names.same(one, name));
    return held !== undefined && scopes.every((scope) => held[1].includes(scope));
  });
}

/** An operation's own `security` replaces that of the root, even when it is empty. */
function alternativesOf(
  operation: Operation,
  contract: Contract,
): { list: Alternative[]; at: Operation["at"] } {
  const own_ = own(operation.value, "security");
  const list = own_ ?? own(contract.root, "security");
  const at = below(own_ === undefined ? rootOf(contract).at : operation.at, "security");
  const place = list === undefined ? operation.at : at;
  if (!Array.isArray(list) || list.length === 0) return { list: [new Map()], at: place };
  return {
    list: list
      .filter(isRecord)
      .map(
        (one) =>
          new Map(
            Object.entries(one).map(([name, scopes]) => [
              name,
              Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
            ]),
          ),
      ),
    at: place,
  };
}

type Names = { same(base: string, revision: string): boolean; changed: Set<string> };

/** Schemes are the same by what they are, not by their name. */
function renamed(comparing: Comparing): Names {
  const describe = (contract: Contract) => {
    const components = childOf(rootOf(contract), "components", contract);
    return new Map(
      entriesOf(components, "securitySchemes", contract).map(([name, { value }]) => [
        name,
        { is: identity(value), flows: isRecord(value.flows) ? Object.keys(value.flows) : [] },
      ]),
    );
  };
  const [base, revision] = [describe(comparing.base), describe(comparing.revision)];
  const same = (one: string, other: string) => {
    const [from, to] = [base.get(one), revision.get(other)];
    if (from === undefined || to === undefined) return one === other;
    return from.is === to.is && from.flows.every((flow) => to.flows.includes(flow));
  };
  const changed = [...base.keys()].filter((name) => revision.has(name) && !same(name, name));
  return { same, changed: new Set(changed) };
}

function identity(scheme: Record<string, unknown>): string {
  const { type, in: place, name, scheme: http, openIdConnectUrl } = scheme;
  return JSON.stringify([
    type,
    place ?? null,
    place === "header" ? String(name).toLowerCase() : (name ?? null),
    String(http ?? "").toLowerCase(),
    openIdConnectUrl ?? null,
  ]);
}
