import { WebSocketServer } from "ws";

const wss = new WebSocketServer({ port: 8080 });
// 部屋ごとのチャット履歴
const history: Record<string, { from: string; text: string }[]> = {};

wss.on("connection", (socket) => {
  socket.on("message", (raw) => {
    const msg = JSON.parse(raw.toString());
    history[msg.room] ??= [];
    history[msg.room].push({ from: msg.from, text: msg.text });
    for (const client of wss.clients) client.send(JSON.stringify(msg));
  });
});
