import type { Repository } from "typeorm";
import type { Holiday } from "./holiday.entity.js";

export async function loadHolidays(holidayRepository: Repository<Holiday>, holidays: Holiday[]) {
  await holidayRepository.clear();
  await holidayRepository.save(holidays);
}
