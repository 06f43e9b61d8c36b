REVOKE USAGE ON SCHEMA billing FROM app_user;
