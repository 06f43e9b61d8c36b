import { NextResponse } from "next/server";
import { getServerSession } from "next-auth";
import { prisma } from "@/lib/prisma";

export async function DELETE(_request: Request, { params }: { params: { id: string } }) {
  const session = await getServerSession();
  if (!session) return new NextResponse(null, { status: 401 });
  await prisma.document.delete({ where: { id: params.id, ownerId: session.user.id } });
  return new NextResponse(null, { status: 204 });
}
