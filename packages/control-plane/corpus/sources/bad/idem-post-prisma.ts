import { NextResponse } from "next/server";
import { prisma } from "@/lib/prisma";

export async function POST(request: Request) {
  const body = await request.json();
  const booking = await prisma.booking.create({ data: { roomId: body.roomId, from: body.from, to: body.to } });
  return NextResponse.json(booking, { status: 201 });
}
