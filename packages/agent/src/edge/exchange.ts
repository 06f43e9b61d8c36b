import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import type { Dispatcher } from "undici";
import { codeOf } from "../errors.ts";
import { randomHex } from "../platform/clock.ts";
import { positionOf } from "./assign.ts";
import type { Counts } from "./counts.ts";
import { type RequestHead, requestHead, responseHead } from "./headers.ts";
import { refusals, sendRefusal } from "./refuse.ts";
import { requestBody } from "./request-body.ts";
import type { Backend, Router } from "./router.ts";

export type EdgeContext = {
  router: Router;
  counts: Counts;
  sticky: boolean;
  random(): number;
  /** True while the listener closes: connections are told to end after their response. */
  isClosing(): boolean;
};

const ATTEMPTS_MAX = 4;
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
/** A response up to this size that arrives in one piece leaves in one write. */
const SINGLE_WRITE_BYTES = 16 * 1024;
/** How long a request body that the instance did not want may go on arriving. */
const LINGER_MS = 2000;

export function handleRequest(context: EdgeContext, req: IncomingMessage, res: ServerResponse): void {
  const startedAt = performance.now();
  const head = requestHead(req.rawHeaders, req.socket.remoteAddress ?? "unknown");
  const path = originForm(req.url!);
  if ("unsafe" in head || path === null) {
    const reason = "unsafe" in head ? head.unsafe : "The request target is not a path.";
    sendRefusal(res, 400, refusals.unsafe(reason));
    context.counts.add(context.router.service, "none", 400, performance.now() - startedAt);
    return;
  }
  new Exchange(context, req, res, head, path, startedAt).attempt();
}

/** "/path" of a request target; null for forms that an origin server does not serve. */
export function originForm(target: string): string | null {
  if (target.startsWith("/")) return target;
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target);
  if (!absolute) return null;
  return absolute[1]!.startsWith("/") ? absolute[1]! : `/${absolute[1]}`;
}

/** Where a user is in [0, 100), and the cookie to set when the user is new. */
export function place(context: EdgeContext, head: RequestHead): { position: number; cookie: string | null } {
  if (!context.sticky) return { position: context.random() * 100, cookie: null };
  const id = head.user ?? randomHex(16);
  return { position: positionOf(id), cookie: head.user === null ? id : null };
}

/**
 * One request from a client and the attempts to get it answered.
 *
 * Measured with bench/edge.bench.ts on two busy cores (edge ÷ direct, CPU time a request): this 0.34, 57 µs;
 * `http.request` with a keep-alive agent and pipes 0.24, 87 µs; undici's dispatch with nothing around it 0.38, 49 µs.
 * Half of what is left are the two sends in the kernel, which an own HTTP client would not save. undici's handler with
 * parsed headers (`onRequestStart` …) costs an object a response; the raw one used here gets the buffers as they came.
 * A class, because its callbacks are methods and not closures made for each request.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly context: EdgeContext;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly head: RequestHead;
  readonly path: string;
  readonly startedAt: number;
  readonly position: number;
  readonly cookie: string | null;
  backend: Backend | null = null;
  lastVersion: string | null = null;
  tried: Backend[] | null = null;
  attempts = 0;
  abort: ((error?: Error) => void) | null = null;
  resume: (() => void) | null = null;
  status = 0;
  contentLength: number | null = null;
  isSent = false;
  hasAnswer = false;
  isBodyRead = false;
  isStream = false;
  isEnded = false;
  isCounted = false;
  isHeld = false;
  isClientGone = false;

  constructor(
    context: EdgeContext,
    req: IncomingMessage,
    res: ServerResponse,
    head: RequestHead,
    path: string,
    startedAt: number,
  ) {
    this.context = context;
    this.req = req;
    this.res = res;
    this.head = head;
    this.path = path;
    this.startedAt = startedAt;
    const { position, cookie } = place(context, head);
    this.position = position;
    this.cookie = cookie;
    res.on("close", () => this.onClientClose());
  }

  /** Sends the request to an instance. True when the exchange needs no further waiting. */
  attempt(): boolean {
    if (this.isClientGone) return true;
    const { router } = this.context;
    const backend = this.attempts < ATTEMPTS_MAX ? router.pick(this.position, this.tried) : null;
    if (backend === null) {
      if (this.isHeld) return false;
      this.attempts = 0;
      this.tried = null;
      this.isHeld = router.hold(this);
      if (!this.isHeld) this.expired();
      return true;
    }
    this.isHeld = false;
    this.attempts++;
    this.backend = backend;
    this.isSent = false;
    backend.inFlight++;
    const body = this.head.hasBody ? requestBody(this.req, () => this.onBodyRead()) : null;
    const { method } = this.req;
    backend.pool.dispatch(
      { path: this.path, method: method as Dispatcher.HttpMethod, headers: this.head.headers, body },
      this,
    );
    return true;
  }

  expired(): void {
    this.isHeld = false;
    this.refuse(503, refusals.noInstance(this.context.router.service));
  }

  onBodyRead(): void {
    this.isBodyRead = true;
  }

  /** undici is about to write the request: from now on the instance may have seen it. */
  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    this.isSent = true;
    if (this.isClientGone) abort(new Error("the client went away"));
  }

  onResponseStarted(): void {
    this.hasAnswer = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.status = status;
    this.resume = resume;
    const head = responseHead(raw, this.head.requestId, this.cookie);
    this.contentLength = head.contentLength;
    if (this.context.isClosing()) head.headers.push("connection", "close");
    this.res.writeHead(status, head.headers);
    if (head.contentLength === null && this.req.method !== "HEAD" && status !== 204 && status !== 304) {
      // Of unknown length, so perhaps the first event is far off; the client waits for the head.
      this.res.flushHeaders();
      if (head.isEventStream) {
        this.isStream = true;
        this.backend!.inFlight--;
        this.backend!.streams++;
        // A stream's length says nothing about the service: what counts is the wait for its head.
        this.count(status);
      }
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.contentLength === null || chunk.length !== this.contentLength) {
      if (this.res.write(chunk)) return true;
      this.res.once("drain", this.resume!);
      return false;
    }
    this.isEnded = true;
    if (chunk.length > SINGLE_WRITE_BYTES) {
      this.res.end(chunk);
      return true;
    }
    // As a latin1 string the body joins the head, and uncorked before end() it leaves in one plain write instead of a
    // writev of three: that alone was a third of the edge's CPU time.
    this.res.write(chunk.toString("latin1"), "latin1");
    this.res.socket?.uncork();
    this.res.end();
    return true;
  }

  onComplete(): void {
    this.release();
    this.count(this.status);
    if (!this.isEnded) {
      this.isEnded = true;
      this.res.end();
    }
    if (!this.req.complete) this.linger();
  }

  onError(error: Error): void {
    const backend = this.backend!;
    this.release();
    if (this.isClientGone) return;
    if (this.res.headersSent || this.status !== 0) {
      // Too late for another answer; breaking off is the only way to tell the client that it is not whole.
      this.count(502);
      this.res.destroy();
      return;
    }
    const isInvalid = codeOf(error) === "UND_ERR_INVALID_ARG" || codeOf(error) === "UND_ERR_NOT_SUPPORTED";
    const isSafe = IDEMPOTENT.has(this.req.method!) && !this.isBodyRead && !this.hasAnswer;
    if (!this.isSent && !isInvalid) this.context.router.eject(backend);
    const { service } = this.context.router;
    if (isInvalid) this.refuse(400, refusals.unsafe("The request has parts that cannot be passed on."));
    else if (codeOf(error) === "UND_ERR_HEADERS_TIMEOUT") this.refuse(504, refusals.slow(service));
    else if (!this.isSent || isSafe) {
      this.tried ??= [];
      this.tried.push(backend);
      this.attempt();
    } else this.refuse(502, refusals.lost(service));
  }

  onClientClose(): void {
    if (this.res.writableFinished) return;
    this.isClientGone = true;
    if (this.isHeld) this.context.router.cancel(this);
    // Nobody saw an answer; it is the client's doing and must not count against the release.
    this.count(this.status === 0 ? 499 : this.status);
    this.abort?.(new Error("the client went away"));
  }

  refuse(status: number, refusal: Parameters<typeof sendRefusal>[2]): void {
    this.status = status;
    this.count(status);
    sendRefusal(this.res, status, refusal, this.head.requestId);
    if (!this.req.complete) this.linger();
  }

  release(): void {
    const { backend } = this;
    if (backend === null) return;
    if (this.isStream) backend.streams--;
    else backend.inFlight--;
    this.backend = null;
    this.lastVersion = backend.version;
    this.abort = null;
  }

  count(status: number): void {
    if (this.isCounted) return;
    this.isCounted = true;
    const { router, counts } = this.context;
    const release = this.backend?.version ?? this.lastVersion ?? router.versionFor(this.position);
    counts.add(router.service, release, status, performance.now() - this.startedAt);
  }

  /** Lets the rest of an unwanted body arrive, so that the client gets to read the answer. */
  linger(): void {
    const { req } = this;
    req.on("error", () => {});
    req.resume();
    const timer = setTimeout(() => {
      if (!req.complete) req.socket.destroy();
    }, LINGER_MS);
    timer.unref();
    req.once("close", () => clearTimeout(timer));
  }
}
