-- CreateTable
CREATE TABLE "Member" ("id" TEXT NOT NULL, "name" TEXT NOT NULL, "nickname" TEXT, CONSTRAINT "Member_pkey" PRIMARY KEY ("id"));
