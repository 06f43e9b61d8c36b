-- AlterEnum
ALTER TYPE "TicketStatus" ADD VALUE 'ON_HOLD';
