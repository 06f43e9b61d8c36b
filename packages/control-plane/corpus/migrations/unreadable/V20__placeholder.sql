ALTER TABLE users ADD COLUMN nickname text;
${environment_specific_statements};
