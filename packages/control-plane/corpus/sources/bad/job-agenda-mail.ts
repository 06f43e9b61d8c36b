import { Agenda } from "agenda";
import { env } from "./env.js";
import { mailer } from "./mailer.js";
import { users } from "./users.js";

const agenda = new Agenda({ db: { address: env.MONGO_URL } });

agenda.define("weekly newsletter", async () => {
  for (const user of await users.subscribed()) {
    await mailer.send({ to: user.email, template: "newsletter" });
  }
});

await agenda.start();
await agenda.every("1 week", "weekly newsletter");
