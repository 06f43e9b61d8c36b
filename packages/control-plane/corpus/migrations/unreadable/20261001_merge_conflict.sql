<<<<<<< HEAD
ALTER TABLE users ADD COLUMN nickname text;
=======
ALTER TABLE users ADD COLUMN nick_name text;
>>>>>>> feature/nickname
