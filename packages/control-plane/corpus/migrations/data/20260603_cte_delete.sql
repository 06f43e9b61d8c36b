WITH removed AS (
  DELETE FROM payments RETURNING *
)
SELECT count(*) FROM removed;
