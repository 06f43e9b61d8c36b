WITH organization AS (
  INSERT INTO organizations (name, plan) VALUES ('Demo', 'free') RETURNING id
)
INSERT INTO users (organization_id, email, name) SELECT id, 'demo@example.jp', 'デモ' FROM organization;
