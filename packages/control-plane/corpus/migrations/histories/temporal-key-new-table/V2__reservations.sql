CREATE TABLE reservations (
  room_id int NOT NULL,
  during tstzrange NOT NULL,
  guest text NOT NULL,
  CONSTRAINT reservations_pkey PRIMARY KEY (room_id, during WITHOUT OVERLAPS)
);
