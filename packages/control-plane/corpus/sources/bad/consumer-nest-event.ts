import { Controller } from "@nestjs/common";
import { EventPattern, Payload } from "@nestjs/microservices";
import { InjectRepository } from "@nestjs/typeorm";
import { Repository } from "typeorm";
import { Point } from "./point.entity";

@Controller()
export class PointsConsumer {
  constructor(@InjectRepository(Point) private readonly pointsRepository: Repository<Point>) {}

  @EventPattern("order.paid")
  async grant(@Payload() event: { userId: string; points: number }) {
    await this.pointsRepository.insert({ userId: event.userId, points: event.points });
  }
}
