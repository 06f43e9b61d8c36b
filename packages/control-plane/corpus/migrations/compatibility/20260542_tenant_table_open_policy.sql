CREATE TABLE invoice_files (
  tenant_id uuid NOT NULL,
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL
);
ALTER TABLE invoice_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_files FORCE ROW LEVEL SECURITY;
CREATE POLICY anyone ON invoice_files USING (true);
