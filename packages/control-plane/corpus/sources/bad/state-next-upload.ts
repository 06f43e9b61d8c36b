import { writeFile } from "node:fs/promises";
import path from "node:path";
import { NextResponse } from "next/server";
import { auth } from "@/lib/auth";

// 請求書 PDF のアップロード
export async function PUT(request: Request, { params }: { params: { id: string } }) {
  const session = await auth();
  if (!session) return NextResponse.json({ error: "unauthorized" }, { status: 401 });
  const form = await request.formData();
  const file = form.get("file") as File;
  const bytes = Buffer.from(await file.arrayBuffer());
  const dest = path.join(process.cwd(), "public/uploads", `${params.id}.pdf`);
  await writeFile(dest, bytes);
  return NextResponse.json({ url: `/uploads/${params.id}.pdf` });
}
