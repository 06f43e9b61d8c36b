CREATE TYPE staff_role AS ENUM ('member', 'lead');
SET lock_timeout = '2s';
ALTER TABLE staff ADD COLUMN role staff_role NOT NULL DEFAULT 'member';
