SET lock_timeout = '2s';
ALTER TABLE ONLY "users" ALTER "name" SET NOT NULL;
