import { unavailable } from "../../platform/errors.ts";
import { type Answer, hostOf, type Sent, send } from "./http.ts";
import { listenerUrl, type ProofSystem } from "./system.ts";

/** How proofs talk to a public service; every proof that signs in has it as `parameters.front`. */
export type Front = {
  service: string;
  /** A person made for tests. The answer's `tokenField` holds the CSRF token. */
  signIn: { path: string; body: { [key: string]: string }; tokenField: string };
  /** Answers 200 to a live session and 401 without one; DELETE ends it. */
  session: { path: string; cookie: string };
  csrfHeader: string;
  /** A read that costs little and is never refused; null where no alert watches the share of refusals. */
  harmless: string | null;
};

export type SignedIn = { cookie: string; id: string; token: string; answer: Answer };

export const frontOf = (parameters: Record<string, unknown>) => parameters.front as Front;

/** Where users reach the service. @throws `unavailable` when nothing listens. */
export async function frontUrl(system: ProofSystem, front: Front): Promise<string> {
  const url = await listenerUrl(system, front.service);
  if (url) return url;
  throw unavailable(
    "no_listener",
    `${front.service} has no listener.`,
    `Deploy ${front.service}, then prove again.`,
  );
}

export async function signIn(base: string, front: Front): Promise<SignedIn> {
  const answer = await send(base, {
    method: "POST",
    path: front.signIn.path,
    headers: { origin: base, host: hostOf(base) },
    body: front.signIn.body,
  });
  const cookie = answer.cookies.find((text) => text.startsWith(`${front.session.cookie}=`));
  if (answer.status >= 300 || !cookie) {
    throw unavailable(
      "sign_in_refused",
      `Signing in answered ${answer.status}${cookie ? "" : ` without the cookie ${front.session.cookie}`}.`,
      "Correct the proof's `front`, or mend the sign-in.",
    );
  }
  const id = decodeURIComponent(cookie.slice(front.session.cookie.length + 1).split(";")[0] ?? "");
  const token = String((JSON.parse(answer.body) as Record<string, unknown>)[front.signIn.tokenField] ?? "");
  return { cookie: `${front.session.cookie}=${id}`, id, token, answer };
}

/** What a browser on our own page sends with a change. */
export const asPage = (base: string, front: Front, session: SignedIn): Record<string, string> => ({
  origin: base,
  cookie: session.cookie,
  [front.csrfHeader]: session.token,
});

export async function signOut(base: string, front: Front, session: SignedIn): Promise<Answer> {
  const headers = asPage(base, front, session);
  return send(base, { method: "DELETE", path: front.session.path, headers });
}

/** Status of the question whether the session lives. */
export async function sessionStatus(base: string, front: Front, session: { cookie: string }) {
  return (await send(base, { path: front.session.path, headers: { cookie: session.cookie } })).status;
}

/** Signs in, works, signs out whatever happens. */
export async function asUser<T>(
  base: string,
  front: Front,
  work: (session: SignedIn) => Promise<T>,
): Promise<T> {
  const session = await signIn(base, front);
  try {
    return await work(session);
  } finally {
    await signOut(base, front, session);
  }
}

export type { Sent };
