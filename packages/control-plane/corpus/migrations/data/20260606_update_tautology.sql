UPDATE users SET status = 'unverified' WHERE id IS NOT NULL;
