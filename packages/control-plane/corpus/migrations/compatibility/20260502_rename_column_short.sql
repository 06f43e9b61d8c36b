ALTER TABLE "稟議" RENAME "備考" TO "メモ";
