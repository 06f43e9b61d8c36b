import fastify from "fastify";

const LABELS = new Map([["draft", "下書き"], ["sent", "申請中"]]);
const app = fastify();
app.get<{ Querystring: { ids: string } }>("/labels", async (request) => {
  const found: Record<string, string> = {};
  const seen = new Set<string>();
  for (const id of request.query.ids.split(",")) {
    if (seen.has(id)) continue;
    seen.add(id);
    found[id] = LABELS.get(id) ?? id;
  }
  return found;
});
export { app };
