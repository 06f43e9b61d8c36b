CREATE TABLE comments (tenant_id text NOT NULL, id uuid NOT NULL, body text NOT NULL, PRIMARY KEY (tenant_id, id));
GRANT SELECT, INSERT ON comments TO app_user;
