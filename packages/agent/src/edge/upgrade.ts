import { type IncomingMessage, request, STATUS_CODES } from "node:http";
import { performance } from "node:perf_hooks";
import type { Duplex } from "node:stream";
import { type EdgeContext, originForm, place } from "./exchange.ts";
import { requestHead, responseHead } from "./headers.ts";
import { rawRefusal, refusals } from "./refuse.ts";
import type { Backend } from "./router.ts";

const ANSWER_MS = 60_000;

/** Passes a WebSocket to an instance; after the handshake bytes flow both ways untouched. */
export function handleUpgrade(
  context: EdgeContext,
  req: IncomingMessage,
  socket: Duplex,
  early: Buffer,
): void {
  const startedAt = performance.now();
  const { router, counts } = context;
  let backend: Backend | null = null;
  let isCounted = false;
  const count = (status: number) => {
    if (isCounted) return;
    isCounted = true;
    counts.add(router.service, backend?.version ?? "none", status, performance.now() - startedAt);
  };
  socket.on("error", () => socket.destroy());
  const refuse = (status: number, refusal: Parameters<typeof rawRefusal>[2]) => {
    count(status);
    socket.end(rawRefusal(status, STATUS_CODES[status] ?? "Error", refusal));
  };

  const head = requestHead(req.rawHeaders, req.socket.remoteAddress ?? "unknown");
  const path = originForm(req.url!);
  if ("unsafe" in head || path === null || head.hasBody || req.method !== "GET")
    return void refuse(400, refusals.unsafe("The upgrade request is not a plain GET."));
  if (req.headers.upgrade?.toLowerCase() !== "websocket")
    return void refuse(400, refusals.unsafe("Only upgrades to WebSocket are passed on."));
  const { position, cookie } = place(context, head);
  backend = router.pick(position, null);
  if (backend === null) return void refuse(503, refusals.noInstance(router.service));

  const chosen = backend;
  chosen.streams++;
  const call = request({
    host: "127.0.0.1",
    port: chosen.port,
    path,
    method: "GET",
    agent: false,
    headers: [...head.headers, "connection", "upgrade", "upgrade", "websocket"],
    timeout: ANSWER_MS,
  });
  call.on("timeout", () => call.destroy(new Error("timeout")));
  call.once("close", () => chosen.streams--);
  socket.once("close", () => {
    count(499);
    call.destroy();
  });
  call.on("upgrade", (response, upstream: Duplex, rest: Buffer) => {
    count(101);
    chosen.streams++;
    upstream.once("close", () => {
      chosen.streams--;
      socket.destroy();
    });
    upstream.on("error", () => upstream.destroy());
    socket.once("close", () => upstream.destroy());
    const answer = responseHead(response.rawHeaders, head.requestId, cookie);
    answer.headers.push("connection", "upgrade", "upgrade", "websocket");
    socket.write(responseLines(101, answer.headers));
    if (rest.length > 0) socket.write(rest);
    if (early.length > 0) upstream.write(early);
    socket.pipe(upstream).pipe(socket);
  });
  call.on("response", (response) => {
    // The instance declined: its answer goes back as it is, and the connection ends with it.
    count(response.statusCode!);
    const answer = responseHead(response.rawHeaders, head.requestId, cookie);
    socket.write(responseLines(response.statusCode!, [...answer.headers, "connection", "close"]));
    response.on("error", () => socket.destroy());
    response.pipe(socket);
  });
  call.on("error", (error) => {
    if (isCounted) return void socket.destroy();
    if ((error as { syscall?: string }).syscall === "connect") router.eject(chosen);
    if (error.message === "timeout") refuse(504, refusals.slow(router.service));
    else refuse(502, refusals.lost(router.service));
  });
  call.end();
}

function responseLines(status: number, headers: readonly string[]): string {
  let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (let i = 0; i < headers.length; i += 2) lines += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${lines}\r\n`;
}
