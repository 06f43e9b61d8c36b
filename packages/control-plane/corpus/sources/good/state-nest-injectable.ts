import { Injectable, type OnModuleInit } from "@nestjs/common";
import { loadRules } from "./rules";

@Injectable()
export class RulesService implements OnModuleInit {
  private readonly rules: string[] = [];

  async onModuleInit() {
    for (const rule of await loadRules()) this.rules.push(rule);
  }

  matches(text: string) {
    return this.rules.some((rule) => text.includes(rule));
  }
}
