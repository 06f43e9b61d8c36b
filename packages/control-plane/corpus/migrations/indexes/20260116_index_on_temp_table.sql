CREATE TEMPORARY TABLE dup_users ON COMMIT DROP AS
  SELECT email, min(id) AS keep FROM users GROUP BY email HAVING count(*) > 1;
CREATE INDEX ON dup_users (email);
