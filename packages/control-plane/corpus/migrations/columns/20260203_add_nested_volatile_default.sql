SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN referral_code text DEFAULT upper(substr(md5(random()::text), 1, 8));
