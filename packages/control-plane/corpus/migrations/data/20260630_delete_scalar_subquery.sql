DELETE FROM sessions WHERE (SELECT true);
