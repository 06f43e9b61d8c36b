import { Body, Controller, Post } from "@nestjs/common";
import { MailerService } from "@nestjs-modules/mailer";

@Controller("invitations")
export class InvitationsController {
  constructor(private readonly mailer: MailerService) {}

  @Post()
  async invite(@Body() body: { to: string }) {
    // TODO: make this idempotent
    await this.mailer.sendMail({ to: body.to, subject: "Invitation", text: "Welcome" });
    return { ok: true };
  }
}
