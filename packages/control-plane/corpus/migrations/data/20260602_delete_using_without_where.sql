DELETE FROM sessions USING users;
