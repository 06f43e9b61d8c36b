START TRANSACTION;
SET LOCAL lock_timeout = '1s';
CREATE TABLE badges (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text NOT NULL UNIQUE);
INSERT INTO badges (label) VALUES ('初回購入'), ('常連');
COMMIT;
