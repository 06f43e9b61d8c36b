SET lock_timeout = '2s';
ALTER TABLE plans RENAME TO subscription_plans;
