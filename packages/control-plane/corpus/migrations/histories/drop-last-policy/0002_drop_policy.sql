SET lock_timeout = '2s';
DROP POLICY tenant ON requests;
