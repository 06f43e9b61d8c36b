BEGIN;
DELETE FROM plans;
INSERT INTO plans (code, name, price) VALUES ('free', 'Free', 0), ('pro', 'Pro', 1280);
COMMIT;
