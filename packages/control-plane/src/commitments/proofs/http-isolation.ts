import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { pass } from "../proof-kind.ts";
import { frontOf, frontUrl } from "./front.ts";
import { calm, send } from "./http.ts";
import { type Kind, listenerUrl, noFaults, text } from "./system.ts";

type Isolation = {
  /** Where users reach the front and the page's own files come from. */
  page: { status: number; html: boolean; foreignFiles: string[]; grants: string[] };
  /** Each path of the inner service, asked for at the front. */
  throughFront: { path: string; status: number }[];
  /** Addresses of the inner service and its instances that answer on other interfaces. */
  reachable: string[];
  tried: number;
  withoutToken: { name: string; status: number }[];
};

/**
 * The inner service is not exposed: it listens on the loopback address only, the front passes none of its
 * paths on, and it refuses callers without its token. `parameters.inner`: its name; `parameters.paths`: its routes.
 */
export const httpIsolation: Kind<Isolation> = {
  kind: "http.isolation",
  async measure(system, _ctx, parameters) {
    const front = frontOf(parameters);
    const base = await frontUrl(system, front);
    const inner = String(parameters.inner);
    const paths = parameters.paths as string[];
    const page = await send(base, { path: "/", headers: { accept: "text/html" } });
    const files = [...page.body.matchAll(/(?:src|href|action)="([^"]+)"/g)].map((match) => match[1] ?? "");
    const api = await send(base, { path: front.session.path });

    const throughFront: Isolation["throughFront"] = [];
    for (const path of paths) throughFront.push({ path, status: (await send(base, { path })).status });
    await calm(base, front.harmless, paths.length);

    const observed = (await system.observe()).find(({ service }) => service === inner);
    const ports = [
      ...(observed?.listener ? [observed.listener.port] : []),
      ...(observed?.instances ?? []).flatMap(({ port }) => (port ? [port] : [])),
    ];
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
      .map(({ address }) => address);
    const doors = outside.flatMap((address) => ports.map((port) => ({ address, port })));
    const open = await Promise.all(doors.map(async (door) => ((await answers(door)) ? [door] : [])));

    const direct = await listenerUrl(system, inner);
    const withoutToken: Isolation["withoutToken"] = [];
    for (const path of direct ? paths : []) {
      const wrong = { authorization: "Bearer wrong" };
      withoutToken.push({ name: `${path}, no token`, status: (await send(direct!, { path })).status });
      withoutToken.push({
        name: `${path}, wrong token`,
        status: (await send(direct!, { path, headers: wrong })).status,
      });
    }
    const health = (parameters.innerHarmless ?? null) as string | null;
    if (direct) await calm(direct, health, withoutToken.length);
    return {
      page: {
        status: page.status,
        html: (page.headers["content-type"] ?? "").startsWith("text/html"),
        foreignFiles: files.filter((file) => /^(https?:)?\/\//.test(file)),
        grants: [page, api].flatMap(({ headers }) =>
          Object.keys(headers).filter((name) => name === "access-control-allow-origin"),
        ),
      },
      throughFront,
      reachable: open.flat().map(({ address, port }) => `${address}:${port}`),
      tried: ports.length,
      withoutToken,
    };
  },
  judge({ page, throughFront, reachable, tried, withoutToken }, _commitment, parameters) {
    const paths = parameters.paths as string[];
    const faults = [
      ...(page.status === 200 && page.html ? [] : [`the page was answered with ${page.status}`]),
      ...page.foreignFiles.map((file) => `the page loads ${file} from elsewhere`),
      ...page.grants.map((header) => `${header} without having been asked`),
      ...throughFront
        .filter(({ status }) => status !== 404)
        .map(({ path, status }) => `${path} at the front answered ${status}, not 404`),
      ...reachable.map((address) => `${parameters.inner} answers at ${address}`),
      ...(tried >= 2 ? [] : [`${parameters.inner} does not run`]),
      ...withoutToken
        .filter(({ status }) => status !== 401)
        .map(({ name, status }) => `${name}: ${status}, not 401`),
      ...(throughFront.length >= paths.length && withoutToken.length >= paths.length
        ? []
        : ["too few cases"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${tried} ports closed to other interfaces; ${withoutToken.length} calls without token: 401; ${throughFront.length} paths at the front: 404`,
          text(
            "One origin serves page and API, and the inner service is closed.",
            "画面と API は同一オリジンで提供され、内部サービスは閉じています。",
          ),
        ),
      "inner_service_exposed",
      `${faults.length} faults`,
      text(
        "Bind it to the loopback address, and let only its caller know the token.",
        "ループバックアドレスで待ち受け、トークンは呼び出し元だけに渡してください。",
      ),
    );
  },
  mutants(_commitment, parameters) {
    const paths = parameters.paths as string[];
    const good: Isolation = {
      page: { status: 200, html: true, foreignFiles: [], grants: [] },
      throughFront: paths.map((path) => ({ path, status: 404 })),
      reachable: [],
      tried: 2,
      withoutToken: paths.map((name) => ({ name, status: 401 })),
    };
    return {
      "listens on every interface": { ...good, reachable: ["192.0.2.1:8080"] },
      "the front passes a path on": {
        ...good,
        throughFront: paths.map((path) => ({ path, status: 401 })),
      },
      "no token needed": { ...good, withoutToken: paths.map((name) => ({ name, status: 200 })) },
      "the page comes from another origin": {
        ...good,
        page: { ...good.page, foreignFiles: ["https://cdn.example/app.js"] },
      },
      "the inner service is away": { ...good, tried: 0 },
    };
  },
};

function answers({ address, port }: { address: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
