DELETE FROM sessions
 WHERE id = ANY (ARRAY(SELECT id FROM sessions WHERE expires_at < now() - interval '90 days' ORDER BY expires_at LIMIT 10));
