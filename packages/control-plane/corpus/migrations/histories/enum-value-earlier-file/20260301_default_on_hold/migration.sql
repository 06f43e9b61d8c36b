-- AlterTable
SET lock_timeout = '2s';
ALTER TABLE "tickets" ALTER COLUMN "status" SET DEFAULT 'ON_HOLD';
