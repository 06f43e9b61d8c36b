import { Injectable, Logger } from "@nestjs/common";

@Injectable()
export class PaymentGateway {
  private readonly logger = new Logger(PaymentGateway.name);

  authorize(card: { number: string; cvc: string }, amount: number) {
    this.logger.debug(`authorize card=${card.number} amount=${amount}`);
    return { approved: true };
  }
}
