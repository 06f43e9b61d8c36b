-- migrate:up
UPDATE users SET phone = '090-0000-0000' WHERE phone IS NULL AND id BETWEEN 1 AND 1000;

-- migrate:down
UPDATE users SET phone = NULL;
