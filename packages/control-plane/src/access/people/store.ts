import type { Ctx } from "../../platform/ctx.ts";
import type { Tx } from "../../platform/database.ts";
import type { RoleLevel } from "../permissions.ts";

export type PersonRow = {
  id: string;
  name: string;
  email: string | null;
  level: RoleLevel;
  department: string;
  createdAt: Date;
  removedAt: Date | null;
};
export type NewPerson = Pick<PersonRow, "id" | "name" | "email" | "level" | "department">;

const COLUMNS = `person_id AS id, name, email, role_level AS level, department_id AS department,
  created_at AS "createdAt", removed_at AS "removedAt"`;

/** By id, the removed ones too. */
export const selectPeople = (tx: Tx): Promise<PersonRow[]> =>
  tx.query<PersonRow>(
    `SELECT ${COLUMNS} FROM toban.people WHERE tenant_id = toban.current_tenant() ORDER BY person_id`,
  );

export async function selectPerson(tx: Tx, id: string): Promise<PersonRow | undefined> {
  const [row] = await tx.query<PersonRow>(
    `SELECT ${COLUMNS} FROM toban.people WHERE tenant_id = toban.current_tenant() AND person_id = $1`,
    [id],
  );
  return row;
}

/** Administrators, locked in order of id: two changes at once cannot each believe that the other one stays. */
export const lockAdministrators = (tx: Tx): Promise<{ id: string }[]> =>
  tx.query<{ id: string }>(
    `SELECT person_id AS id FROM toban.people
     WHERE tenant_id = toban.current_tenant() AND role_level = 6 AND removed_at IS NULL
     ORDER BY person_id FOR UPDATE`,
  );

export async function lockPerson(tx: Tx, id: string): Promise<PersonRow | undefined> {
  const [row] = await tx.query<PersonRow>(
    `SELECT ${COLUMNS} FROM toban.people
     WHERE tenant_id = toban.current_tenant() AND person_id = $1 FOR UPDATE`,
    [id],
  );
  return row;
}

/** False when somebody active has the id; a removed person comes back as given. */
export async function insertPerson(tx: Tx, ctx: Ctx, person: NewPerson): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO toban.people (tenant_id, person_id, name, email, role_level, department_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, person_id) DO UPDATE
       SET name = $3, email = $4, role_level = $5, department_id = $6, removed_at = NULL
       WHERE people.removed_at IS NOT NULL
     RETURNING person_id`,
    [ctx.tenant, person.id, person.name, person.email, person.level, person.department, ctx.clock.now()],
  );
  return rows.length > 0;
}

export async function updatePerson(
  tx: Tx,
  person: Pick<PersonRow, "id" | "name" | "email" | "level" | "department" | "removedAt">,
): Promise<void> {
  await tx.query(
    `UPDATE toban.people SET name = $2, email = $3, role_level = $4, department_id = $5, removed_at = $6
     WHERE tenant_id = toban.current_tenant() AND person_id = $1`,
    [person.id, person.name, person.email, person.level, person.department, person.removedAt],
  );
}

export async function hasDepartment(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    "SELECT FROM toban.departments WHERE tenant_id = toban.current_tenant() AND department_id = $1",
    [id],
  );
  return rows.length > 0;
}

export async function deletePerson(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    "DELETE FROM toban.people WHERE tenant_id = toban.current_tenant() AND person_id = $1 RETURNING person_id",
    [id],
  );
  return rows.length > 0;
}
