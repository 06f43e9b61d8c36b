-- 顧客メモ
ALTER TABLE "Customer" ADD COLUMN "memo" text NULL;
COMMENT ON COLUMN "Customer"."memo" IS '担当者のメモ';
