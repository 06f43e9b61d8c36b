import type { Ctx } from "../../platform/ctx.ts";
import { pass } from "../proof-kind.ts";
import { asPage, asUser, frontOf, frontUrl } from "./front.ts";
import { calm, type Sent, send } from "./http.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

/** A route with everything that it reads. `body` is a valid one, in which `#` stands for what marks it as ours. */
type Route = {
  method: string;
  route: string;
  path: string;
  body?: Record<string, unknown>;
  optional?: string[];
  query?: Record<string, string[]>;
  headers?: Record<string, string[]>;
};
type Inputs = {
  routes: number;
  answers: { name: string; status: number }[];
  /** Found afterwards under our mark, or in the count of what is there. */
  stored: string[];
  /** Routes that the service has answered and nobody listed. */
  unlisted: string[];
};

/** For every field of a valid body: what no schema of such a field may take. */
function broken(value: unknown): Record<string, unknown> {
  const never = { null: null, "an object": { $ne: 1 }, "a NUL": "a\u0000b" };
  if (typeof value === "number") {
    return { ...never, "a string": "abc", negative: -1, "a fraction": 0.5, huge: 1e308 };
  }
  if (typeof value === "string") return { ...never, "a number": 5, "far too long": "長".repeat(20_001) };
  return { ...never, "a string": "x" };
}

function bodiesOf(route: Route): [string, string][] {
  const { body } = route;
  if (!body) return [];
  const json = (part: object) => JSON.stringify({ ...body, ...part });
  const optional = new Set(route.optional ?? []);
  return [
    ["not JSON", '{"title": '],
    ["an array", "[]"],
    ["a number", "7"],
    ["empty", ""],
    ["an unknown field", json({ isAdmin: true })],
    // Written by hand: an object literal would set the prototype instead.
    ["a prototype", `{"__proto__":{"isAdmin":true},${JSON.stringify(body).slice(1)}`],
    ...Object.keys(body)
      .filter((field) => !optional.has(field))
      .map((field): [string, string] => [`no ${field}`, json({ [field]: undefined })]),
    ...Object.entries(body).flatMap(([field, value]) =>
      Object.entries(broken(value)).map(([name, bad]): [string, string] => [
        `${field}: ${name}`,
        json({ [field]: bad }),
      ]),
    ),
  ];
}

function casesOf(route: Route, own: Record<string, string>): { name: string; sent: Sent }[] {
  const { method, path } = route;
  const name = (what: string) => `${method} ${route.route}, ${what}`;
  const valid = Object.fromEntries(
    Object.entries(route.headers ?? {}).map(([header, [good]]) => [header, good!]),
  );
  const headers = { ...own, ...valid };
  return [
    ...bodiesOf(route).map(([what, body]) => ({
      name: name(what),
      sent: { method, path, headers: { ...headers, "content-type": "application/json" }, body },
    })),
    ...(route.body
      ? [
          {
            name: name("a form"),
            sent: {
              method,
              path,
              headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
              body: "title=x",
            },
          },
        ]
      : []),
    ...Object.entries(route.query ?? {}).flatMap(([field, values]) =>
      values.map((value) => ({
        name: name(`?${field}=${value}`),
        sent: { method, path: `${path}?${field}=${encodeURIComponent(value)}`, headers },
      })),
    ),
    // The first value of each is a good one.
    ...Object.entries(route.headers ?? {}).flatMap(([header, [, ...bad]]) =>
      bad.map((value) => ({
        name: name(`${header}: ${value || "none"}`),
        sent: {
          method,
          path,
          headers: { ...headers, [header]: value },
          ...(route.body ? { body: route.body } : {}),
        },
      })),
    ),
  ];
}

const PATH_VALUES = ["1", "..%2f..%2fetc", "%00", "'%20OR%201=1--", "00000000-0000-0000-0000-00000000000g"];

/**
 * Bad values for every field, query, header and path of every route: 4xx each, and nothing of it is stored.
 * `parameters.routes` has to hold every route that the service's spans know (a path's `:name` is filled with bad ids);
 * `parameters.search`: a read that finds stored texts, with `{mark}`; its list is in `parameters.list`.
 */
export const httpInputs: Kind<Inputs> = {
  kind: "http.inputs",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const mark = `proof${ctx.newId().replaceAll("-", "").slice(-12)}`;
    const marked: Route[] = JSON.parse(JSON.stringify(parameters.routes).replaceAll("#", mark));
    const known = new Set([...marked, ...((parameters.inputless ?? []) as Route[])].map(nameOf));
    const answers: Inputs["answers"] = [];
    const stored: string[] = [];
    await asUser(base, front, async (session) => {
      const own = asPage(base, front, session);
      for (const route of marked) {
        for (const { name, sent } of casesOf(route, own)) {
          answers.push({ name, status: (await send(base, sent)).status });
        }
        for (const value of route.route.includes(":") ? PATH_VALUES : []) {
          const path = route.route.replace(/:id\b/, value).replace(/:\w+/g, "approve");
          const sent = {
            method: route.method,
            path,
            headers: { ...own, "idempotency-key": mark },
            body: route.body,
          };
          if (route.method === "GET") delete sent.body;
          answers.push({ name: `${nameOf(route)}, id ${value}`, status: (await send(base, sent)).status });
        }
      }
      await calm(base, front.harmless, answers.length);
      // Lists show what was written a moment later; by now there has been time enough.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const found = await send(base, {
        path: String(parameters.search).replace("{mark}", mark),
        headers: { cookie: session.cookie },
      });
      const list = (JSON.parse(found.body) as Record<string, unknown>)[String(parameters.list)];
      if (found.status !== 200 || !Array.isArray(list)) stored.push(`the search answered ${found.status}`);
      else if (list.length > 0) stored.push(`${list.length} entries with bad values were stored`);
    });
    return {
      routes: marked.length,
      answers,
      stored,
      unlisted: await unlisted(system, ctx, front.service, known),
    };
  },
  judge({ routes, answers, stored, unlisted }, _commitment, parameters) {
    const due = (parameters.routes as Route[]).reduce((sum, route) => sum + casesOf(route, {}).length, 0);
    const faults = [
      ...answers
        .filter(({ status }) => status < 400 || status > 499)
        .map(({ name, status }) => `${name}: ${status}, not 4xx`),
      ...stored,
      ...unlisted.map((route) => `${route} takes input and is not in the list`),
      ...(answers.length >= due && due > 0 ? [] : [`only ${answers.length} of ${due} bad inputs were tried`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${answers.length} bad inputs on ${routes} routes: 4xx each, nothing stored`,
          text("Every bad input is refused.", "不正な入力はすべて拒否されます。"),
        ),
      "bad_input_accepted",
      `${faults.length} faults in ${answers.length} bad inputs`,
      text("Give the route a strict schema.", "ルートに厳密なスキーマを設定してください。"),
    );
  },
  mutants(_commitment, parameters) {
    const routes = parameters.routes as Route[];
    const answers = routes.flatMap((route) => casesOf(route, {})).map(({ name }) => ({ name, status: 400 }));
    const good: Inputs = { routes: routes.length, answers, stored: [], unlisted: [] };
    const [first, ...others] = answers;
    return {
      "a bad value is taken": { ...good, answers: [{ ...first!, status: 201 }, ...others] },
      "a bad value breaks the service": { ...good, answers: [{ ...first!, status: 500 }, ...others] },
      "a bad value is stored": { ...good, stored: ["1 entries with bad values were stored"] },
      "a route without schema": { ...good, unlisted: ["POST /api/new"] },
      "nothing was tried": { ...good, answers: [] },
    };
  },
};

const nameOf = ({ method, route }: { method: string; route: string }) => `${method} ${route}`;

async function unlisted(system: ProofSystem, ctx: Ctx, service: string, known: ReadonlySet<string>) {
  const from = new Date(ctx.clock.now().getTime() - 3_600_000);
  const seen = await system.telemetry.evidence(ctx).routes({ service, from });
  return seen
    .filter(({ route }) => route !== "unmatched" && route !== "/*")
    .filter(({ method }) => method !== "HEAD" && method !== "OPTIONS")
    .map(nameOf)
    .filter((name) => !known.has(name));
}
