import { Controller, Delete, Get, Param, Put, UseGuards } from "@nestjs/common";
import { RolesGuard } from "./roles.guard";
import { TeamsService } from "./teams.service";

@Controller("teams")
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Get(":id")
  @UseGuards(RolesGuard)
  get(@Param("id") id: string) {
    return this.teams.find(id);
  }

  @Put(":id")
  @UseGuards(RolesGuard)
  rename(@Param("id") id: string) {
    return this.teams.rename(id);
  }

  @Delete(":id")
  remove(@Param("id") id: string) {
    return this.teams.remove(id);
  }
}
