DELETE FROM sessions WHERE expires_at < '2026-03-01';
