CREATE TABLE IF NOT EXISTS users (
  id    bigserial PRIMARY KEY,
  phone varchar(20)
);
CREATE INDEX users_phone_idx ON users (phone);
