UPDATE users SET status = 'unverified';
