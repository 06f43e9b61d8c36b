REVOKE UPDATE, DELETE ON sessions FROM app_user;
