CREATE TABLE user_devices (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL,
  token   text NOT NULL
);
CREATE INDEX user_devices_user_id_idx ON user_devices (user_id);
CREATE INDEX users_phone_idx ON users (phone);
