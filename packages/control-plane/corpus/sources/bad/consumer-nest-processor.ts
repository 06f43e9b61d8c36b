import { Processor, WorkerHost } from "@nestjs/bullmq";
import { Logger } from "@nestjs/common";
import type { Job } from "bullmq";
import { PrismaService } from "../prisma.service";

@Processor("grants")
export class GrantsProcessor extends WorkerHost {
  private readonly logger = new Logger(GrantsProcessor.name);
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  async process(job: Job<{ userId: string; points: number }>) {
    await this.prisma.wallet.update({ where: { userId: job.data.userId }, data: { points: { increment: job.data.points } } });
    this.logger.log(`granted to ${job.data.userId}`);
  }
}
