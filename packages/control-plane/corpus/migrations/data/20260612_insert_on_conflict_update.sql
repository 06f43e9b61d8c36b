WITH wanted (code, name, price) AS (VALUES ('edu', '教育機関', 480))
INSERT INTO plans SELECT * FROM wanted
ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE plans.name IS DISTINCT FROM excluded.name;
