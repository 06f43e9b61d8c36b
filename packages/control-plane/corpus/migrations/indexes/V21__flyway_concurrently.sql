-- flyway:executeInTransaction=false
CREATE INDEX CONCURRENTLY payments_state_idx ON payments (state) WHERE state <> 'done';
