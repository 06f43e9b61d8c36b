CREATE OR REPLACE VIEW active_staff AS SELECT id, name FROM staff WHERE active;
