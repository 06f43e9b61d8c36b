import { createHash } from "node:crypto";
import type { Ctx } from "../../platform/ctx.ts";
import { unavailable } from "../../platform/errors.ts";
import { pass } from "../proof-kind.ts";
import {
  asUser,
  type Front,
  frontOf,
  frontUrl,
  type SignedIn,
  sessionStatus,
  signIn,
  signOut,
} from "./front.ts";
import { calm, send } from "./http.ts";
import { type SessionRow, withSessionRow } from "./store.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

/** `parameters.store`: where `@toban/bff` keeps the sessions. */
type Store = { urlSecret: string; table: string };

/** Works on the row of one session, which is the proof's own. */
async function withRow<T>(
  system: ProofSystem,
  ctx: Ctx,
  parameters: Record<string, unknown>,
  session: SignedIn,
  work: (row: SessionRow) => Promise<T>,
): Promise<T> {
  const { urlSecret, table } = parameters.store as Store;
  const url = system.secret(urlSecret);
  if (!url) {
    throw unavailable("secret_missing", `There is no secret ${urlSecret}.`, "Set it in `secrets.json`.");
  }
  const idHash = createHash("sha256").update(session.id).digest("hex");
  return withSessionRow(url, table, { idHash, now: ctx.clock.now }, work);
}

type Limits = {
  limit: "idle" | "absolute";
  /** The service was asked with a session of this age. */
  probes: { ageMs: number; status: number }[];
};
const STEP_MS = 1_000;

/**
 * One second below the limit in force a session lives, at the limit it has ended. `parameters.limit`: "idle"
 * moves the last use, "absolute" the sign-in of a session that is in constant use.
 */
export const sessionLimit: Kind<Limits> = {
  kind: "session.limit",
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const limit = parameters.limit as Limits["limit"];
    const { sessions } = system.operations;
    const inForce = (limit === "idle" ? sessions?.idleTimeout : sessions?.absoluteTimeout)?.ms ?? 0;
    const probes: Limits["probes"] = [];
    await asUser(base, front, (session) =>
      withRow(system, ctx, parameters, session, async (row) => {
        // Accepted first: what was refused may be cleared away by the service at any time.
        for (const ageMs of [0, inForce - STEP_MS, inForce]) {
          // Used a moment ago in the one case, begun a moment before its last use in the other.
          const created = limit === "idle" ? ageMs + 1 : ageMs;
          const lastSeen = limit === "idle" ? ageMs : 0;
          if (!(await row.age({ created, lastSeen }))) break;
          probes.push({ ageMs, status: await sessionStatus(base, front, session) });
        }
      }),
    );
    await calm(base, front.harmless, 2);
    return { limit, probes };
  },
  judge({ probes }, { value }) {
    const due = value.kind === "duration" ? value.ms : Number.NaN;
    const wrong = [
      { ageMs: due - STEP_MS, status: 200 },
      { ageMs: due, status: 401 },
    ].flatMap(({ ageMs, status }) => {
      const probe = probes.find((p) => p.ageMs === ageMs);
      if (!probe) return [`no session of ${ageMs / 1000} s was tried`];
      return probe.status === status ? [] : [`after ${ageMs / 1000} s: ${probe.status}, not ${status}`];
    });
    return noFaults(
      wrong,
      () =>
        pass(
          `${(due - STEP_MS) / 1000} s: accepted; ${due / 1000} s: refused`,
          text("The session ends exactly when promised.", "セッションは約束の時刻ちょうどに終了します。"),
        ),
      "session_limit_differs",
      probes.map(({ ageMs, status }) => `${ageMs / 1000} s: ${status}`).join(", ") || "—",
      text(
        "Give the service the commitment's value as its limit.",
        "サービスの上限に約束の値そのものを渡してください。",
      ),
    );
  },
  mutants({ value }, parameters) {
    const due = value.kind === "duration" ? value.ms : 0;
    const limit = parameters.limit as Limits["limit"];
    const at = (below: number, above: number): Limits => ({
      limit,
      probes: [
        { ageMs: due - STEP_MS, status: below },
        { ageMs: due, status: above },
      ],
    });
    return {
      "never ends": at(200, 200),
      "ends too early": at(401, 401),
      "another limit is in force": {
        limit,
        probes: [
          { ageMs: 2 * due - STEP_MS, status: 200 },
          { ageMs: 2 * due, status: 401 },
        ],
      },
      "nothing was tried": { limit, probes: [] },
    };
  },
};

type ServerSide = { before: number; stored: boolean; removed: boolean; after: number };

/** Without its record on the server the cookie is worth nothing, at once. */
export const sessionServerSide: Kind<ServerSide> = {
  kind: "session.server-side",
  async measure(system, ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const session = await signIn(base, front);
    const result = await withRow(system, ctx, parameters, session, async (row) => {
      const before = await sessionStatus(base, front, session);
      const stored = await row.exists();
      const removed = await row.remove();
      return { before, stored, removed, after: await sessionStatus(base, front, session) };
    });
    await calm(base, front.harmless, 1);
    return result;
  },
  judge({ before, stored, removed, after }) {
    const faults = [
      ...(before === 200 ? [] : [`the new session answered ${before}`]),
      ...(stored && removed ? [] : ["the server holds no record of the session"]),
      ...(after === 401 ? [] : [`without its record the session answered ${after}, not 401`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          "200 with the record, 401 at once without it",
          text("The server alone decides about a session.", "セッションの有効性はサーバーだけが決めます。"),
        ),
      "session_not_on_server",
      `${before}, then ${after}`,
      text("Look the session up at every request.", "要求のたびにサーバーのセッションを確認してください。"),
    );
  },
  mutants: () => ({
    "the cookie alone is enough": { before: 200, stored: true, removed: true, after: 200 },
    "no record": { before: 200, stored: false, removed: false, after: 200 },
    "sign-in does not work": { before: 401, stored: true, removed: true, after: 401 },
  }),
};

type Cookies = { set: { on: string; name: string; attributes: string[] }[] };

/**
 * Every answer that sets the session cookie: sign-in, sign-out and a stale cookie that is cleared.
 * `parameters.attributes` must be there, `parameters.forbidden` not, in lower case; `parameters.prefix` begins its name.
 */
export const sessionCookie: Kind<Cookies> = {
  kind: "session.cookie",
  async measure(system, _ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const session = await signIn(base, front);
    const out = await signOut(base, front, session);
    const stale = await send(base, { path: front.session.path, headers: { cookie: session.cookie } });
    await calm(base, front.harmless, 1);
    const all = { "sign-in": session.answer, "sign-out": out, "a session that has ended": stale };
    return {
      set: Object.entries(all).flatMap(([on, { cookies }]) =>
        cookies.filter((cookie) => isSession(cookie, front)).map((cookie) => ({ on, ...partsOf(cookie) })),
      ),
    };
  },
  judge({ set }, _commitment, parameters) {
    const { attributes, forbidden, prefix } = cookieRules(parameters);
    const faults = set.flatMap((cookie) => [
      ...(cookie.name.startsWith(prefix)
        ? []
        : [`${cookie.on}: ${cookie.name} does not begin with ${prefix}`]),
      ...attributes
        .filter((attribute) => !cookie.attributes.includes(attribute))
        .map((attribute) => `${cookie.on}: no ${attribute}`),
      ...forbidden
        .filter((name) => cookie.attributes.some((attribute) => attribute.split("=")[0] === name))
        .map((name) => `${cookie.on}: has ${name}`),
    ]);
    if (set.length < 2) faults.push("sign-in and sign-out did not both set the cookie");
    return noFaults(
      faults,
      () =>
        pass(
          `${set[0]?.name}: ${attributes.join("; ")} on ${set.length} answers`,
          text("The cookie is set as promised, everywhere.", "Cookie はすべての応答で約束どおりです。"),
        ),
      "cookie_differs",
      `${faults.length} faults on ${set.length} answers`,
      text("Set all attributes where the cookie is set.", "Cookie を設定する箇所で属性を付けてください。"),
    );
  },
  mutants(_commitment, parameters) {
    const { attributes, forbidden, prefix } = cookieRules(parameters);
    const good = { on: "sign-in", name: `${prefix}session`, attributes };
    return {
      "never set": { set: [] },
      ...(prefix ? { "no prefix": { set: [good, { ...good, name: "session" }] } } : {}),
      ...Object.fromEntries(
        attributes.map((attribute) => [
          `no ${attribute}`,
          { set: [good, { ...good, attributes: attributes.filter((other) => other !== attribute) }] },
        ]),
      ),
      ...Object.fromEntries(
        forbidden.map((name) => [
          `has ${name}`,
          { set: [good, { ...good, attributes: [...attributes, `${name}=x`] }] },
        ]),
      ),
    };
  },
};

const cookieRules = (parameters: Record<string, unknown>) => ({
  attributes: (parameters.attributes ?? []) as string[],
  forbidden: (parameters.forbidden ?? []) as string[],
  prefix: String(parameters.prefix ?? ""),
});

/** By the name without prefix, so that a cookie that lost its prefix is still looked at. */
const isSession = (cookie: string, front: Front) =>
  cookie.replace(/^__(Host|Secure)-/, "").startsWith(`${front.session.cookie.replace(/^__\w+-/, "")}=`);

function partsOf(cookie: string) {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  return { name: pair.split("=")[0] ?? "", attributes: attributes.map((text) => text.toLowerCase()) };
}
