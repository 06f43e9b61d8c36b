CREATE TABLE drafts (
  organization_id bigint NOT NULL,
  id uuid NOT NULL DEFAULT uuidv7(),
  body text NOT NULL,
  PRIMARY KEY (organization_id, id)
);
ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE drafts FORCE ROW LEVEL SECURITY;
CREATE POLICY drafts_tenant ON drafts
  USING (organization_id = current_setting('app.organization_id')::bigint)
  WITH CHECK (organization_id = current_setting('app.organization_id')::bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO app_user;
