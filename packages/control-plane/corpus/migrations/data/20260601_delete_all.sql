-- セッションをリセットする
DELETE FROM sessions;
