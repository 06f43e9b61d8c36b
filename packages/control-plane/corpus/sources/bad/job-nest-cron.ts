import { Injectable } from "@nestjs/common";
import { Cron } from "@nestjs/schedule";
import { PrismaService } from "./prisma.service";

@Injectable()
export class MonthlyFees {
  constructor(private readonly prisma: PrismaService) {}

  @Cron("0 0 1 * *")
  async book() {
    const members = await this.prisma.member.findMany();
    await this.prisma.fee.createMany({ data: members.map((member) => ({ memberId: member.id, amount: 1000 })) });
  }
}
