import { prisma } from "./prisma.js";

export async function resync(rows: { code: string }[]) {
  await prisma.$executeRawUnsafe("DELETE FROM departments WHERE 1=1");
  await prisma.department.createMany({ data: rows });
}
