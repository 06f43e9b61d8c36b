import type { Socket } from "node:net";

// Frames on the store host's socket: u32 length of the rest, u32 call, u8 kind, payload.

const HEADER = 9;
const MAX_FRAME = 256 * 2 ** 20;

export const KIND = { ok: 0, error: 1, query: 2, insert: 3, stop: 4, hello: 5 } as const;

export type Frame = { call: number; kind: number; payload: Buffer };

export type QueryCall = { sql: string; params: Record<string, unknown>; timeoutMs: number };
export type InsertCall = {
  file: string;
  segment: string;
  /** An earlier attempt may have stored some of it. */
  replay: boolean;
};
export type InsertReply = { rows: number; repaired: number; tornBytes: number };
export type ErrorReply = { message: string; engineCode: number | null };

export function writeFrame(socket: Socket, { call, kind, payload }: Frame): void {
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32BE(payload.length + HEADER - 4, 0);
  header.writeUInt32BE(call, 4);
  header.writeUInt8(kind, 8);
  socket.cork();
  socket.write(header);
  socket.write(payload);
  socket.uncork();
}

export function readFrames(socket: Socket, onFrame: (frame: Frame) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let needed = HEADER;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    let buffer = Buffer.concat(chunks);
    while (buffer.length >= HEADER) {
      const length = buffer.readUInt32BE(0) + 4;
      if (length < HEADER || length > MAX_FRAME) {
        socket.destroy(new Error(`frame of ${length} bytes`));
        return;
      }
      if (buffer.length < length) break;
      onFrame({ call: buffer.readUInt32BE(4), kind: buffer[8]!, payload: buffer.subarray(HEADER, length) });
      buffer = buffer.subarray(length);
    }
    chunks = buffer.length > 0 ? [buffer] : [];
    size = buffer.length;
    needed = buffer.length >= 4 ? buffer.readUInt32BE(0) + 4 : HEADER;
  });
}
