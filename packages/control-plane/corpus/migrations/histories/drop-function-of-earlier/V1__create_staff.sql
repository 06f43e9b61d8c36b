CREATE TABLE staff (id bigint PRIMARY KEY, name text NOT NULL);
CREATE FUNCTION staff_of(p_id bigint) RETURNS TABLE (id bigint, name text) LANGUAGE sql AS 'SELECT s.id, s.name FROM staff s WHERE s.id = p_id';
