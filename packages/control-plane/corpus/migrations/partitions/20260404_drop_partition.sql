-- 保持期間を過ぎたイベントを削除する
SET lock_timeout = '2s';
DROP TABLE IF EXISTS events_2026_01;
