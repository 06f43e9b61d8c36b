CREATE UNIQUE INDEX CONCURRENTLY tags_code_uidx ON tags (code);
