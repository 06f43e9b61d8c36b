DELETE FROM room_bookings a
 USING room_bookings b
 WHERE a.ctid < b.ctid
   AND a.room_id = b.room_id
   AND a.during = b.during;
