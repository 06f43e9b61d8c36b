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

  async process(job: Job<{ grantId: string; userId: string; points: number }>) {
    const { grantId, userId, points } = job.data;
    await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.grant.createMany({ data: [{ id: grantId, userId, points }], skipDuplicates: true });
      if (count === 0) return;
      await tx.wallet.update({ where: { userId }, data: { points: { increment: points } } });
    });
    this.logger.log(`granted ${grantId}`);
  }
}
