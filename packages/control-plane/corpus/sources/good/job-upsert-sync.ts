import { prisma } from "./prisma.js";
import { fetchDepartments } from "./hr.js";

export async function syncDepartments(run: string) {
  for (const department of await fetchDepartments()) {
    await prisma.department.upsert({
      where: { code: department.code },
      create: { ...department, run },
      update: { ...department, run },
    });
  }
  const gone = await prisma.department.count({ where: { run: { not: run } } });
  if (gone > 20) throw new Error(`${gone} departments would go; refused`);
  await prisma.department.deleteMany({ where: { run: { not: run } } });
}
