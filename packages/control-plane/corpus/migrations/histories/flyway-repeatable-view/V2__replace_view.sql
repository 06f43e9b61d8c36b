CREATE OR REPLACE VIEW active_staff AS SELECT id, name, active FROM staff WHERE active;
