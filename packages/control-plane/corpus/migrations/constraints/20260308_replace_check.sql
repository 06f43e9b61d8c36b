SET lock_timeout = '2s';
ALTER TABLE payments ADD CONSTRAINT payments_state_check_v2 CHECK (state IN ('new', 'done', 'refunded')) NOT VALID;
ALTER TABLE payments VALIDATE CONSTRAINT payments_state_check_v2;
ALTER TABLE payments DROP CONSTRAINT payments_state_check;
