SET lock_timeout = '2s';
DROP TYPE shipping_method CASCADE;
