-- CreateEnum
CREATE TYPE "TicketStatus" AS ENUM ('OPEN', 'CLOSED');
-- CreateTable
CREATE TABLE "tickets" ("id" BIGINT NOT NULL, "status" "TicketStatus" NOT NULL DEFAULT 'OPEN', CONSTRAINT "tickets_pkey" PRIMARY KEY ("id"));
