export class SmsClient {
  constructor(private readonly apiKey: string, private readonly logger: { info(message: string): void }) {}

  connect() {
    this.logger.info("connecting with key " + this.apiKey);
  }
}
