import type { Check } from "../check.ts";
import { type Finding, type Place, raise, type Severity } from "../finding.ts";
import {
  compareSchemas,
  type Difference,
  isRecord,
  type Location,
  own,
  type SchemaNode,
  type SchemaSource,
  valueAt,
} from "../schema/index.ts";
import { EVENTS_CHECKS as CHECKS } from "./checks/index.ts";
import { type Library, placeAt } from "./documents.ts";
import { isPast } from "./evolution.ts";
import { joinRenames, type Step } from "./renames.ts";
import type { EventSettings } from "./settings.ts";

export type Sides = {
  base: Library;
  revision: Library;
  /** Names of the base and of the event, for messages. */
  baseName: string;
  event: string;
  settings: EventSettings;
  now: Date;
};

/** What is wrong when events of `base` and of `revision` are in use at the same time. */
export function compareNodes(
  base: { node: SchemaNode; dialect: SchemaSource["dialect"] },
  revision: { node: SchemaNode; dialect: SchemaSource["dialect"] },
  sides: Sides,
): Finding[] {
  const differences = compareSchemas(base.node, revision.node, {
    direction: "both",
    base: sides.base.source(base.dialect),
    revision: sides.revision.source(revision.dialect),
  });
  return joinRenames(withoutSameRemote(differences), sides.base, sides.revision).flatMap((step) =>
    findingOf(step, sides),
  );
}

/** A reference to one and the same address on both sides changes nothing, whatever stands there. */
function withoutSameRemote(differences: Difference[]): Difference[] {
  const isRemote = (one: Difference) =>
    one.kind === "unresolvable" && /^https?:/.test(String(one.params.name));
  return differences.filter(
    (one) =>
      !isRemote(one) ||
      !differences.some(
        (other) =>
          isRemote(other) &&
          other.params.name === one.params.name &&
          other.path === one.path &&
          other.params.side !== one.params.side,
      ),
  );
}

type Judgement = { check: Check; severity?: Severity };

function findingOf(step: Step, sides: Sides): Finding[] {
  const { difference } = step;
  const judged = step.renamedTo ? judgeRename(step) : judge(difference, sides);
  if (!judged) return [];
  const params = {
    ...difference.params,
    path: shownPath(difference, step),
    base: sides.baseName,
    event: sides.event,
    to: step.renamedTo ?? difference.params.to ?? "",
    detail: detailOf(difference),
  };
  const { check, severity } = judged;
  return [raise(check, placeOf(difference, sides), params, severity ? { severity } : {})];
}

/** What a constraint was and is, in the words of the schema. */
function detailOf({ params }: Difference): string {
  const { keyword, from, to, value } = params;
  const change = from !== undefined && to !== undefined ? `${from} → ${to}` : (value ?? "");
  const words = [keyword ?? "", change].filter((word) => word !== "").join(" ");
  return words === "" ? "" : ` (${words})`;
}

function shownPath(difference: Difference, step: Step): string {
  const name = difference.params.name;
  const isOfProperty = /^(property|required)-/.test(difference.kind) || step.renamedTo !== undefined;
  const path = isOfProperty && typeof name === "string" ? `${difference.path}/${name}` : difference.path;
  return path === "" ? "/" : path;
}

/** In the revision where something stands there; in the base for what is gone altogether. */
function placeOf({ base, revision }: Difference, sides: Sides): Place {
  return revision.path === "" ? placeAt(sides.base, base) : placeAt(sides.revision, revision);
}

/** A name that only changed its spelling, or that readers count on, is as good as removed. */
function judgeRename(step: Step): Judgement {
  return { check: CHECKS.propertyRenamed, severity: step.isRequired || step.isSpelling ? "block" : "warn" };
}

function judge(difference: Difference, sides: Sides): Judgement | null {
  const { kind, inLetterOnly, undecided } = difference;
  switch (kind) {
    case "unresolvable":
      return { check: CHECKS.unresolvable };
    case "too-complex":
      return { check: CHECKS.tooComplex };
    case "default-changed":
      return { check: CHECKS.defaultChanged };
    case "property-added":
      if (inLetterOnly) return { check: CHECKS.propertyAdded };
      break;
    case "property-removed":
      if (inLetterOnly) return { check: CHECKS.propertyRemoved };
      break;
    case "enum-value-added":
      if (isExtensible(difference, sides)) return null;
      break;
    default:
  }
  if (!counts(difference, sides)) return null;
  if (undecided && kind !== "pattern-changed" && kind !== "condition-changed")
    return { check: CHECKS.tooComplex };
  if (kind === "required-added" || kind === "required-removed") return judgeRequired(difference, sides);
  // In an open object only what stays required is told: any value may come under its name, or could.
  if (kind === "property-removed" && difference.content === "open")
    return { check: CHECKS.constraintRelaxed };
  if (kind === "property-added" && difference.content === "open")
    return { check: CHECKS.constraintTightened };
  if (isConstant(difference, sides)) return { check: CHECKS.discriminatorChanged };
  return { check: BY_KIND[kind] ?? CHECKS.constraintChanged };
}

const BY_KIND: Partial<Record<Difference["kind"], Check>> = {
  "type-changed": CHECKS.typeChanged,
  "null-added": CHECKS.nullabilityChanged,
  "null-removed": CHECKS.nullabilityChanged,
  "enum-value-added": CHECKS.enumValueAdded,
  "enum-value-removed": CHECKS.enumValueRemoved,
  "enum-added": CHECKS.constraintTightened,
  "enum-removed": CHECKS.constraintRelaxed,
  "bound-tightened": CHECKS.constraintTightened,
  "bound-relaxed": CHECKS.constraintRelaxed,
  "pattern-added": CHECKS.constraintTightened,
  "pattern-removed": CHECKS.constraintRelaxed,
  "pattern-changed": CHECKS.constraintChanged,
  "format-added": CHECKS.constraintTightened,
  "format-removed": CHECKS.constraintRelaxed,
  "format-changed": CHECKS.constraintChanged,
  "property-added": CHECKS.propertyAddedToClosed,
  "property-removed": CHECKS.propertyRemovedFromClosed,
  "additional-narrowed": CHECKS.contentClosed,
  "additional-widened": CHECKS.contentOpened,
  "items-narrowed": CHECKS.constraintTightened,
  "items-widened": CHECKS.constraintRelaxed,
  "branch-added": CHECKS.branchAdded,
  "branch-removed": CHECKS.branchRemoved,
  "one-of-stricter": CHECKS.constraintTightened,
  "discriminator-changed": CHECKS.discriminatorChanged,
  "discriminator-value-added": CHECKS.branchAdded,
  "discriminator-value-removed": CHECKS.branchRemoved,
  "condition-added": CHECKS.constraintTightened,
  "condition-removed": CHECKS.constraintRelaxed,
  "condition-changed": CHECKS.constraintChanged,
};

/** Whether the difference breaks a way that is promised. */
function counts({ narrowing, widening }: Difference, { settings }: Sides): boolean {
  const backward = !settings.compatibility.startsWith("FORWARD");
  const forward = !settings.compatibility.startsWith("BACKWARD");
  return (narrowing && backward) || (widening && forward);
}

function judgeRequired(difference: Difference, sides: Sides): Judgement | null {
  const isAdded = difference.kind === "required-added";
  const isWhole = difference.params[isAdded ? "isNew" : "isGone"] === 1;
  // The one who reads without the property fills in the default that its own version states.
  const side = isAdded ? sides.revision : sides.base;
  const at = isAdded ? difference.revision : difference.base;
  if (sides.settings.defaultsCount && hasDefault(side, at, String(difference.params.name))) {
    return { check: CHECKS.defaultCounted };
  }
  if (isAdded) return { check: isWhole ? CHECKS.requiredPropertyAdded : CHECKS.propertyBecameRequired };
  if (isWhole && isSunset(sides, difference))
    return { check: CHECKS.requiredPropertyRemoved, severity: "warn" };
  return { check: isWhole ? CHECKS.requiredPropertyRemoved : CHECKS.propertyBecameOptional };
}

/** The schema that declares a property; `at` is where that stands, or where its name is required. */
function declaration(library: Library, at: Location, name: string): Record<string, unknown> | null {
  if (/\/properties\/[^/]*$/.test(at.pointer)) {
    const property = valueAt(library.documents.get(at.path)?.value, at.pointer);
    return isRecord(property) ? property : null;
  }
  const pointer = at.pointer.replace(/\/(required|dependentRequired|dependencies)(\/.*)?$/, "");
  const parent = valueAt(library.documents.get(at.path)?.value, pointer);
  const properties = isRecord(parent) ? own(parent, "properties") : undefined;
  const property = isRecord(properties) ? own(properties, name) : undefined;
  return isRecord(property) ? property : null;
}

function hasDefault(library: Library, at: Location, name: string): boolean {
  const property = declaration(library, at, name);
  return property !== null && own(property, "default") !== undefined;
}

function isSunset(sides: Sides, difference: Difference): boolean {
  const property = declaration(sides.base, difference.base, String(difference.params.name));
  if (!property || own(property, "deprecated") !== true) return false;
  return isPast(String(own(property, "x-sunset") ?? ""), sides.now);
}

const schemaAt = (library: Library, at: Location, keyword: RegExp): unknown =>
  valueAt(library.documents.get(at.path)?.value, at.pointer.replace(keyword, ""));

/** Readers of an enumeration that is marked as open expect values that they do not know. */
function isExtensible(difference: Difference, sides: Sides): boolean {
  const schema = schemaAt(sides.base, difference.base, /\/enum$/);
  if (!isRecord(schema)) return false;
  const mark = own(schema, "x-extensible-enum") ?? own(schema, "x-extensible");
  return mark === true || Array.isArray(mark);
}

/** A constant that became another one: readers choose by it what they read. */
function isConstant(difference: Difference, sides: Sides): boolean {
  if (!/^enum-value-/.test(difference.kind)) return false;
  const single = (schema: unknown) => {
    if (!isRecord(schema)) return false;
    const values = own(schema, "enum");
    return Object.hasOwn(schema, "const") || (Array.isArray(values) && values.length === 1);
  };
  const keyword = /\/(const|enum)$/;
  return (
    single(schemaAt(sides.base, difference.base, keyword)) &&
    single(schemaAt(sides.revision, difference.revision, keyword))
  );
}
