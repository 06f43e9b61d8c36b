import { WebSocketServer, type WebSocket } from "ws";
import { createClient } from "redis";
import { saveMessage } from "./messages.js";
import { logger } from "./logger.js";

const wss = new WebSocketServer({ port: 8080 });
// 接続そのものはこのプロセスのもの。履歴は DB、配信は Redis Pub/Sub。
const sockets = new Set<WebSocket>();
const sub = createClient({ url: process.env.REDIS_URL, socket: { connectTimeout: 2000 } });
await sub.connect();
await sub.subscribe("chat", (payload) => {
  for (const s of sockets) s.send(payload);
});

wss.on("connection", (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("message", async (raw) => {
    const msg = JSON.parse(raw.toString());
    await saveMessage(msg.id, msg);
    logger.info({ messageId: msg.id }, "chat message stored");
  });
});
