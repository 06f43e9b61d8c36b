import type { Knex } from "knex";

export async function syncDepartments(knex: Knex, departments: { code: string }[]) {
  await knex("departments").del();
  await knex.batchInsert("departments", departments, 500);
}
