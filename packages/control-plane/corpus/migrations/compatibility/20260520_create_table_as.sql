CREATE TABLE user_statistics AS
  SELECT organization_id, count(*) AS users, max(created_at) AS newest FROM users GROUP BY organization_id;
CREATE UNIQUE INDEX user_statistics_key ON user_statistics (organization_id);
ALTER TABLE user_statistics ADD PRIMARY KEY USING INDEX user_statistics_key;
