SET lock_timeout TO '2s';
ALTER TABLE room_bookings ADD PRIMARY KEY (room_id);
