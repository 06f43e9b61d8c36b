CREATE TABLE badges (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, member_id bigint NOT NULL, label text NOT NULL);
CREATE INDEX badges_member_id_idx ON badges (member_id);
