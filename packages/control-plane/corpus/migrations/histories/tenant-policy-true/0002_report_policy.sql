SET lock_timeout = '2s';
CREATE POLICY report_reads_all ON requests FOR SELECT USING (true);
