CREATE TABLE visits (id bigint NOT NULL, month integer NOT NULL) PARTITION BY RANGE (month);
DO $$
BEGIN
  FOR i IN 1..12 LOOP
    EXECUTE format('CREATE TABLE visits_%s PARTITION OF visits FOR VALUES FROM (%s) TO (%s)', i, i, i + 1);
  END LOOP;
END $$;
