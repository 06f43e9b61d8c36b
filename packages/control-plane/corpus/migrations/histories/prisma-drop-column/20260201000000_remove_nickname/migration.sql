/*
  Warnings:

  - You are about to drop the column `nickname` on the `Member` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "Member" DROP COLUMN "nickname";
