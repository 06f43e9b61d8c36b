SET lock_timeout = '2s';
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
