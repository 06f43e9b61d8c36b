DROP FUNCTION staff_of(bigint);
CREATE FUNCTION staff_of(p_id bigint) RETURNS TABLE (id bigint, display_name text) LANGUAGE sql AS 'SELECT s.id, s.name FROM staff s WHERE s.id = p_id';
