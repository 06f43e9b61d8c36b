/* 稟議の件名で検索するための索引
   /* 入れ子のコメント: 次のリリースで使う */
*/
CREATE INDEX CONCURRENTLY "稟議_件名_idx" ON "稟議" ("件名");
