import { Injectable, Logger } from "@nestjs/common";

@Injectable()
export class WelcomeService {
  private readonly logger = new Logger(WelcomeService.name);

  greet(user: { id: string; email: string }) {
    this.logger.log(`welcome mail goes to ${user.email}`);
  }
}
