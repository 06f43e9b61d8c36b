import type { FastifyReply } from "fastify";
import { completeStream } from "./request.ts";

export type EventStream = {
  /** Sends one event; `data` travels as JSON. False once the stream is closed. */
  send(event: string, data: unknown, id?: string): boolean;
  close(): void;
  readonly closed: boolean;
  /** Called once, whoever ends the stream. */
  onClose(listener: () => void): void;
};

export type EventStreams = {
  open(reply: FastifyReply): EventStream;
  /** Ends every stream; a browser reconnects by itself, to another instance. */
  closeAll(): void;
  readonly count: number;
};

/** A reader that lets this much wait is too slow and is cut off; it reconnects. */
const MAX_WAITING_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

export function eventStreams(): EventStreams {
  const streams = new Set<EventStream>();
  let draining = false;

  const open = (reply: FastifyReply): EventStream => {
    reply.hijack();
    const raw = reply.raw;
    const listeners: (() => void)[] = [];
    let closed = false;
    const keepAlive = setInterval(() => write(": \n\n"), KEEP_ALIVE_MS);
    keepAlive.unref();
    const ended = () => {
      if (closed) return;
      closed = true;
      clearInterval(keepAlive);
      streams.delete(stream);
      for (const listener of listeners) listener();
    };
    const write = (text: string): boolean => {
      if (closed || raw.destroyed) return false;
      if (raw.writableLength > MAX_WAITING_BYTES) {
        raw.destroy();
        ended();
        return false;
      }
      raw.write(text);
      return true;
    };
    const stream: EventStream = {
      send(event, data, id) {
        const idLine = id === undefined ? "" : `id: ${id}\n`;
        return write(`${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      },
      close() {
        if (closed) return;
        ended();
        raw.end();
      },
      get closed() {
        return closed;
      },
      onClose(listener) {
        if (closed) listener();
        else listeners.push(listener);
      },
    };
    raw.once("close", ended);
    raw.on("error", ended);
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    raw.flushHeaders();
    completeStream(reply.request, 200);
    streams.add(stream);
    if (draining) stream.close();
    return stream;
  };

  return {
    open,
    closeAll() {
      draining = true;
      for (const stream of [...streams]) stream.close();
    },
    get count() {
      return streams.size;
    },
  };
}
