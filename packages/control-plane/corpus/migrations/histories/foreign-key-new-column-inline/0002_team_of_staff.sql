SET lock_timeout = '2s';
ALTER TABLE staff ADD COLUMN team_id bigint REFERENCES teams (id);
