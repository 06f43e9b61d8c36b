SELECT set_config('lock_timeout', '2s', false), set_config('statement_timeout', '15s', false);
ALTER TABLE users ADD COLUMN nickname text;
