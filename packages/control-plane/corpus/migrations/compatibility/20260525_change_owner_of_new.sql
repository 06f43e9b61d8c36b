CREATE SCHEMA exports;
CREATE TABLE exports.files (id uuid PRIMARY KEY, name text NOT NULL);
REVOKE ALL ON exports.files FROM PUBLIC;
GRANT USAGE ON SCHEMA exports TO app_user;
GRANT SELECT, INSERT ON exports.files TO app_user;
