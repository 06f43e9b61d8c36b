DELETE FROM sessions AS s WHERE 1 = 1 OR s.expires_at < now();
