import { DATABASE_CHECKS as CHECKS } from "../checks.ts";
import { found, type ObjectFinding } from "../context.ts";
import { setsTenant } from "../judge-reach.ts";
import { type DatabaseFunction, nameOf, type Relation } from "../model.ts";
import { leak, type Stage } from "./fuzz.ts";
import { type Digest, digestOf, digestOfCall } from "./store-acts.ts";
import { backTo, tryAs } from "./store-session.ts";

/** What is outside of the transaction, or would hold it up. */
const REACHES_OUT =
  /dblink|\bcopy\b|\blo_|pg_sleep|advisory|pg_notify|\bnotify\b|http|pg_terminate|pg_read_file|\blisten\b/i;

const WAYS = 6;

type Ask = {
  object: string;
  relation?: Relation;
  check: "leakRead" | "leakFunction";
  ask(): Promise<Digest>;
};

/** Asks views and functions twice with the other tenant's rows, then without: an answer that differs tells of them. */
export async function callEverything(stage: Stage): Promise<{ findings: ObjectFinding[]; calls: number }> {
  const tokens = tokensOf(stage);
  const asks = [...views(stage, tokens), ...functions(stage, tokens)];
  const findings = new Map<string, ObjectFinding>();
  const own: [string, string] = ["a tenant of its own", "自分のテナント"];
  const say = ({ object, check }: Ask, what: [string, string]) => {
    if (!findings.has(object)) findings.set(object, leak(check, stage, object, own, what));
  };
  const acting = (one: Ask) => tryAs(stage.client, stage.as(stage.tenants[0]), one.ask);
  const steady: { one: Ask; digest: string | null }[] = [];
  for (const one of asks) {
    stage.count.attempts += 1;
    const first = await acting(one);
    if (!first.ok) continue;
    if (first.value.hasToken) say(one, ["got values of another tenant", "他のテナントの値を得た"]);
    const second = await acting(one);
    if (second.ok && second.value.digest === first.value.digest)
      steady.push({ one, digest: first.value.digest });
  }
  await backTo(stage.client, "before_other");
  for (const { one, digest } of steady) {
    const after = await acting(one);
    if (after.ok && after.value.digest !== digest) {
      say(one, [
        "got an answer that differs with another tenant's rows",
        "他のテナントの行によって変わる答えを得た",
      ]);
    }
  }
  return { findings: [...findings.values(), ...(await notCalled(stage))], calls: asks.length };
}

/** Texts that stand in the other tenant's rows only. */
function tokensOf({ rows, tenants }: Stage): string[] {
  const values = (which: 0 | 1) => new Set([...rows[which].values()].flatMap((row) => [...row.values()]));
  const mine = values(0);
  return [
    tenants[1],
    ...[...values(1)].filter((one) => one.length >= 12 && !mine.has(one) && !one.startsWith("\\x")),
  ];
}

function views(stage: Stage, tokens: string[]): Ask[] {
  const { catalogue, exemption } = stage.context;
  return [...catalogue.relations.values()]
    .filter(
      (one) =>
        (one.kind === "v" || one.kind === "m") && one.rights.has("SELECT") && exemption(one) === undefined,
    )
    .map((relation) => ({
      object: nameOf(relation),
      check: "leakRead" as const,
      ask: () => digestOf(stage.client, relation, tokens),
    }));
}

const isCalled = (one: DatabaseFunction): boolean =>
  one.isExecutable &&
  one.kind === "f" &&
  !/^(event_)?trigger$/.test(one.returns) &&
  (one.volatility !== "v" || (["sql", "plpgsql"].includes(one.language) && !REACHES_OUT.test(one.source)));

/** As another tenant, its caller sees that one's rows by right: the catalogue's part tells of it. */
const actsAsOthers = (one: DatabaseFunction, { context }: Stage): boolean =>
  !one.isDefiner && setsTenant(one, context.tenancy.setting);

function functions(stage: Stage, tokens: string[]): Ask[] {
  const called = [...stage.context.catalogue.functions.values()].filter(
    (one) => isCalled(one) && !actsAsOthers(one, stage),
  );
  return called.flatMap((one) => {
    const object = `${nameOf(one)}(${one.arguments.join(", ")})`;
    return argumentsFor(one, stage).map((args) => ({
      object,
      check: "leakFunction" as const,
      // What was given in may come back.
      ask: () => digestOfCall(stage.client, one, args, args.length === 0 ? tokens : []),
    }));
  });
}

/** The other tenant's values by type, a few combinations; and NULL. */
function argumentsFor(one: DatabaseFunction, stage: Stage): (string | null)[][] {
  const required = one.arguments.slice(0, one.arguments.length - one.defaults);
  if (required.length === 0) return [[]];
  const values = [...stage.rows[1].entries()].flatMap(([oid, row]) =>
    (stage.context.catalogue.relations.get(oid)?.columns ?? [])
      .filter(({ name }) => row.has(name))
      .map(({ name, type }) => ({ type: type.replace(/\(.*\)$/, ""), value: row.get(name)! })),
  );
  const ofType = (type: string) => {
    const same = new Set(values.filter((value) => value.type === type).map(({ value }) => value));
    return type === "text" || type === "character varying" ? [stage.tenants[1], ...same] : [...same];
  };
  const ways: (string | null)[][] = [];
  const longest = Math.max(1, ...required.map((type) => ofType(type).length));
  for (let i = 0; i < Math.min(longest, WAYS * 4); i += 1) {
    ways.push(required.map((type) => ofType(type)[i % Math.max(1, ofType(type).length)] ?? null));
  }
  return ways;
}

async function notCalled({ context }: Stage): Promise<ObjectFinding[]> {
  return [...context.catalogue.functions.values()]
    .filter((one) => one.isExecutable && one.isDefiner && !isCalled(one) && !/trigger$/.test(one.returns))
    .map((one) =>
      found(CHECKS.notFuzzed, `${nameOf(one)}(${one.arguments.join(", ")})`, {
        cause: one.kind === "p" ? "a procedure is not called" : "it reaches out of the transaction",
        causeJa: one.kind === "p" ? "手続きは呼ばない" : "トランザクションの外に及ぶ",
      }),
    );
}
