import { pass } from "../proof-kind.ts";
import { asUser, frontOf, frontUrl } from "./front.ts";
import { type Answer, calm, type Sent, send } from "./http.ts";
import { type Kind, noFaults, text } from "./system.ts";

type Headers = { answers: { name: string; status: number; lacking: string[] }[]; unexpected: string[] };
type Request = Sent & { name: string; status: number };

/**
 * Every kind of answer carries the promised headers. `parameters.requests`: what to send and the status that
 * makes the answer this kind; `parameters.headers`: name → regular expression of the value. The page, one file
 * that it loads and an answer to a signed-in user are always among them.
 */
export const httpHeaders: Kind<Headers> = {
  kind: "http.headers",
  async measure(system, _ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const expected = Object.entries(parameters.headers as Record<string, string>);
    const answers: Headers["answers"] = [];
    const unexpected: string[] = [];
    const look = (name: string, answer: Answer) =>
      answers.push({
        name,
        status: answer.status,
        lacking: expected.flatMap(([header, value]) =>
          new RegExp(value, "i").test(answer.headers[header] ?? "") ? [] : [header],
        ),
      });
    const page = await send(base, { path: "/", headers: { accept: "text/html" } });
    look("page", page);
    const file = /(?:src|href)="(\/assets\/[^"]+)"/.exec(page.body)?.[1];
    if (file) look("static file", await send(base, { path: file }));
    else unexpected.push("the page loads no file of its own");
    await asUser(base, front, async (session) => {
      look("signed in", await send(base, { path: front.session.path, headers: { cookie: session.cookie } }));
      look("sign-in", session.answer);
    });
    const requests = parameters.requests as Request[];
    for (const { name, status, ...sent } of requests) {
      const answer = await send(base, sent);
      if (answer.status !== status) unexpected.push(`${name} answered ${answer.status}, not ${status}`);
      look(name, answer);
    }
    await calm(base, front.harmless, requests.length);
    return { answers, unexpected };
  },
  judge({ answers, unexpected }, _commitment, parameters) {
    const least = 4 + (parameters.requests as Request[]).length;
    const faults = [
      ...unexpected,
      ...answers.flatMap(({ name, lacking }) => lacking.map((header) => `${name}: no ${header} as promised`)),
      ...(answers.length < least ? [`only ${answers.length} of ${least} kinds of answers were seen`] : []),
    ];
    const headers = Object.keys(parameters.headers as object).length;
    return noFaults(
      faults,
      () =>
        pass(
          `${headers} headers on ${answers.length} kinds of answers`,
          text("Every kind of answer carries them.", "すべての種類の応答に付いています。"),
        ),
      "header_missing",
      `${faults.length} faults on ${answers.length} kinds of answers`,
      text(
        "Add the header where all answers pass, errors included.",
        "エラー応答も含め、すべての応答が通る場所でヘッダーを付けてください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const requests = parameters.requests as Request[];
    const names = ["page", "static file", "signed in", "sign-in", ...requests.map(({ name }) => name)];
    const good = names.map((name) => ({ name, status: 200, lacking: [] as string[] }));
    const [first, ...others] = good;
    return {
      ...Object.fromEntries(
        Object.keys(parameters.headers as object).map((header) => [
          `no ${header} on one kind of answer`,
          { answers: [{ ...first!, lacking: [header] }, ...others], unexpected: [] },
        ]),
      ),
      "one kind of answer was not seen": { answers: others, unexpected: [] },
      "an answer of another kind": { answers: good, unexpected: ["error answered 200, not 500"] },
    };
  },
};

type Cors = { answers: { name: string; granted: string[] }[] };

/** No answer grants another origin anything. `parameters.paths` are read, preflighted and posted to. */
export const httpCors: Kind<Cors> = {
  kind: "http.cors",
  async measure(system, _ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const answers: Cors["answers"] = [];
    for (const path of parameters.paths as string[]) {
      for (const origin of FOREIGN) {
        const preflight = {
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type",
        };
        const all: Record<string, Sent> = {
          read: { path, headers: { origin } },
          preflight: { method: "OPTIONS", path, headers: { origin, ...preflight } },
        };
        for (const [name, sent] of Object.entries(all)) {
          const { headers } = await send(base, sent);
          const granted = Object.keys(headers).filter((h) => h.startsWith("access-control-allow-"));
          answers.push({ name: `${name} of ${path} from ${origin}`, granted });
        }
      }
    }
    await calm(base, front.harmless, answers.length);
    return { answers };
  },
  judge({ answers }) {
    const faults = answers.flatMap(({ name, granted }) =>
      granted.map((header) => `${name} was answered with ${header}`),
    );
    if (answers.length === 0) faults.push("nothing was asked");
    return noFaults(
      faults,
      () =>
        pass(
          `${answers.length} requests of foreign origins, nothing granted`,
          text("The allow-list is empty, and nobody is allowed.", "許可リストは空で、誰も許可されません。"),
        ),
      "cors_granted",
      `${faults.length} of ${answers.length} answers grant something`,
      text(
        "Remove the header, or name the origin in a list.",
        "ヘッダーを外すか、許可リストに載せてください。",
      ),
    );
  },
  mutants: () => ({
    "the origin is reflected": { answers: [{ name: "read", granted: ["access-control-allow-origin"] }] },
    "nothing was asked": { answers: [] },
  }),
};

const FOREIGN = ["https://attacker.example", "null", "http://127.0.0.1:1"];
