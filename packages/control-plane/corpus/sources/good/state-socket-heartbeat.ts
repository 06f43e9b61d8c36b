import { WebSocketServer, type WebSocket } from "ws";

const alive = new WeakMap<WebSocket, boolean>();

export function attach(wss: WebSocketServer) {
  wss.on("connection", (ws) => {
    alive.set(ws, true);
    ws.on("pong", () => alive.set(ws, true));
  });
  const timer = setInterval(() => {
    for (const ws of wss.clients) {
      if (!alive.get(ws)) ws.terminate();
      alive.set(ws, false);
      ws.ping();
    }
  }, 30_000);
  wss.on("close", () => clearInterval(timer));
}
