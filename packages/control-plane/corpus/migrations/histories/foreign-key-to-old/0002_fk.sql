SET lock_timeout = '2s';
ALTER TABLE staff ADD FOREIGN KEY (team_id) REFERENCES teams;
