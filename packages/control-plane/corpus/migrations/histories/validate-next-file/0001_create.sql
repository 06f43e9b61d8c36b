CREATE TABLE teams (id bigint PRIMARY KEY);
INSERT INTO teams VALUES (1);
CREATE TABLE staff (id bigint PRIMARY KEY, team_id bigint);
