SET lock_timeout = '2s';
ALTER TABLE staff ADD CONSTRAINT staff_team_fk FOREIGN KEY (team_id) REFERENCES teams NOT VALID;
