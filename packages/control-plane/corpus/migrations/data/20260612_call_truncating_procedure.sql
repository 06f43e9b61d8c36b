CREATE PROCEDURE reset_plans() LANGUAGE sql AS $$ TRUNCATE plans $$;
CALL reset_plans();
