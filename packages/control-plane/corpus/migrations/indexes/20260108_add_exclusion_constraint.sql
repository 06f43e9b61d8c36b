-- 会議室の二重予約を防ぐ
SET lock_timeout = '2s';
ALTER TABLE room_bookings
  ADD CONSTRAINT no_double_booking EXCLUDE USING gist (during WITH &&, int4range(room_id, room_id, '[]') WITH &&);
