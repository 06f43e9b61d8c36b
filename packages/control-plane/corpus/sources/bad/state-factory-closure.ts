import Fastify from "fastify";

export function build() {
  const app = Fastify();
  const votes: Record<string, number> = {};
  app.put<{ Params: { option: string } }>("/votes/:option", async (request) => {
    votes[request.params.option] = (votes[request.params.option] ?? 0) + 1;
    return votes;
  });
  return app;
}
