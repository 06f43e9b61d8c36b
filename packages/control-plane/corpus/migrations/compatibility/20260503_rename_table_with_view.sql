-- expand/contract: 旧名は互換ビューとして残す
SET LOCAL lock_timeout = '2s';
ALTER TABLE plans RENAME TO subscription_plans;
CREATE VIEW plans AS SELECT code, name, price FROM subscription_plans;
GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO app_user;
