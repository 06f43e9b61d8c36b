CREATE FUNCTION sign_out(p_user bigint) RETURNS bigint LANGUAGE sql AS $fn$
  WITH gone AS (DELETE FROM sessions WHERE user_id = p_user RETURNING 1)
  SELECT count(*) FROM gone;
$fn$;
