import { pass } from "../proof-kind.ts";
import { asPage, asUser, type Front, frontOf, frontUrl, type SignedIn, signIn, signOut } from "./front.ts";
import { calm, type Sent, send } from "./http.ts";
import { type Kind, noFaults, text } from "./system.ts";

type Route = { method: string; path: string; route: string };
type Csrf = {
  forged: { name: string; status: number }[];
  /** The same without anything forged: something else than 403, or the matrix shows nothing. */
  genuine: { name: string; status: number }[];
  sameSite: string[];
  /** Changing routes that the service has answered and the matrix does not know. */
  unlisted: string[];
};

const CHANGING = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * Forged changes of a signed-in browser, in every way. `parameters.routes`: every changing route with a path
 * that fits it; the service's own spans must know no other. None of them is ever carried out: without
 * forgery an empty body is refused for other reasons.
 */
export const httpCsrf: Kind<Csrf> = {
  kind: "http.csrf",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const routes = parameters.routes as Route[];
    const result: Csrf = { forged: [], genuine: [], sameSite: [], unlisted: [] };
    const other = await signIn(base, front);
    await asUser(base, front, async (session) => {
      result.sameSite = session.answer.cookies
        .filter((cookie) => cookie.startsWith(front.session.cookie))
        .map((cookie) => /;\s*samesite=(\w+)/i.exec(cookie)?.[1]?.toLowerCase() ?? "none");
      for (const { method, path, route } of routes) {
        for (const [name, headers] of Object.entries(forgeries(base, front, session, other))) {
          const { status } = await send(base, { method, path, headers, body: {} });
          result.forged.push({ name: `${method} ${route}, ${name}`, status });
        }
      }
      // Any method on any path, whether there is such a route or not.
      for (const method of CHANGING) {
        const { status } = await send(base, {
          method,
          path: "/no/such/route",
          headers: { origin: "https://attacker.example", cookie: session.cookie },
        });
        result.forged.push({ name: `${method} of an unknown path, foreign Origin`, status });
      }
      for (const { method, path, route } of routes.filter((r) => !endsSession(r, front))) {
        const { status } = await send(base, {
          method,
          path,
          headers: asPage(base, front, session),
          body: {},
        });
        result.genuine.push({ name: `${method} ${route}`, status });
      }
      await calm(base, front.harmless, result.forged.length + result.genuine.length);
    });
    const ended = await signOut(base, front, other);
    result.genuine.push({ name: `DELETE ${front.session.path}`, status: ended.status });
    const seen = await system.telemetry.evidence(ctx).routes({ service: front.service, from: hourAgo(ctx) });
    result.unlisted = seen
      .filter(({ method }) => CHANGING.includes(method))
      .filter(({ route }) => route !== "unmatched" && route !== "/*")
      .filter(({ method, route }) => !routes.some((r) => r.method === method && r.route === route))
      .map(({ method, route }) => `${method} ${route}`);
    return result;
  },
  judge({ forged, genuine, sameSite, unlisted }, _commitment, parameters) {
    const routes = parameters.routes as Route[];
    const faults = [
      ...forged
        .filter(({ status }) => status !== 403)
        .map(({ name, status }) => `${name}: answered ${status}, not 403`),
      ...genuine
        .filter(({ status }) => status === 403)
        .map(({ name }) => `${name}: refused although genuine`),
      ...unlisted.map((route) => `${route} changes something and is not in the matrix`),
      ...(sameSite.length > 0 && sameSite.every((value) => value === "lax" || value === "strict")
        ? []
        : ["the session cookie is not SameSite"]),
      ...(forged.length >= routes.length * WAYS && genuine.length >= routes.length ? [] : ["too few cases"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${forged.length} forged changes on ${routes.length} routes: 403 each`,
          text("Every forged change is refused.", "偽造された変更操作はすべて拒否されます。"),
        ),
      "forgery_accepted",
      `${faults.length} faults in ${forged.length} cases`,
      text(
        "Put the CSRF check in front of the route, and the route into the matrix.",
        "ルートの前に CSRF 検証を置き、対応表にもルートを追加してください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const routes = parameters.routes as Route[];
    const forged = Array.from({ length: routes.length * WAYS }, (_, i) => ({
      name: `case ${i}`,
      status: 403,
    }));
    const genuine = routes.map(({ route }) => ({ name: route, status: 400 }));
    const good: Csrf = { forged, genuine, sameSite: ["lax"], unlisted: [] };
    return {
      "a change without a token is carried out": {
        ...good,
        forged: [...forged.slice(1), { name: "POST, no token", status: 201 }],
      },
      "everything is refused": { ...good, genuine: genuine.map((g) => ({ ...g, status: 403 })) },
      "a route that nobody listed": { ...good, unlisted: ["POST /api/new"] },
      "SameSite=None": { ...good, sameSite: ["none"] },
      "nothing was tried": { ...good, forged: [] },
    };
  },
};

const endsSession = ({ method, path }: Route, front: Front) =>
  method === "DELETE" && path === front.session.path;
const hourAgo = (ctx: { clock: { now(): Date } }) => new Date(ctx.clock.now().getTime() - 3_600_000);

/** Headers of each way to forge. */
function forgeries(base: string, front: Front, session: SignedIn, other: SignedIn) {
  const { origin, cookie } = asPage(base, front, session) as { origin: string; cookie: string };
  const token = { [front.csrfHeader]: session.token };
  const referer = "https://attacker.example/page";
  return {
    "no token": { origin, cookie },
    "wrong token": { origin, cookie, [front.csrfHeader]: "x".repeat(43) },
    "token of another session": { origin, cookie, [front.csrfHeader]: other.token },
    "foreign Origin": { origin: "https://attacker.example", cookie, ...token },
    "opaque Origin": { origin: "null", cookie, ...token },
    "foreign Referer": { referer, cookie, ...token },
    "no Origin": { cookie, ...token },
  } satisfies Record<string, Sent["headers"]>;
}
const WAYS = 7;
