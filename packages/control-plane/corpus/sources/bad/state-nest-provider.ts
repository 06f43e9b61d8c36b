import { Injectable } from "@nestjs/common";

@Injectable()
export class ApprovalsService {
  private readonly approvals: { id: string; by: string }[] = [];

  approve(id: string, by: string) {
    this.approvals.push({ id, by });
  }

  list() {
    return this.approvals;
  }
}
