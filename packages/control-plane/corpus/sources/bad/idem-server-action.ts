"use server";
import { prisma } from "@/lib/prisma";
import { auth } from "@/lib/auth";

export async function submitExpense(form: FormData) {
  const session = await auth();
  await prisma.expense.create({ data: { amount: Number(form.get("amount")), ownerId: session.user.id } });
}
