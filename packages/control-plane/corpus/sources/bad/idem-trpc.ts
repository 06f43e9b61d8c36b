import { z } from "zod";
import { protectedProcedure, router } from "./trpc";
import { mailer } from "./mailer";

export const invitations = router({
  send: protectedProcedure.input(z.object({ to: z.string() })).mutation(async ({ input }) => {
    await mailer.sendMail({ to: input.to, subject: "Join us" });
  }),
});
