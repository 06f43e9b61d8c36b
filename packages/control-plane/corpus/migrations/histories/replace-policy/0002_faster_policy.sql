SET LOCAL lock_timeout = '2s';
DROP POLICY tenant ON requests;
CREATE POLICY tenant ON requests
  USING (tenant_id = (SELECT current_setting('app.tenant', true)))
  WITH CHECK (tenant_id = (SELECT current_setting('app.tenant', true)));
