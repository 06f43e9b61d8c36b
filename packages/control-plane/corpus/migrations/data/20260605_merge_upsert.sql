MERGE INTO settings s
USING (VALUES ('tax_rate', '10'), ('tax_rate_reduced', '8')) AS v (key, value) ON s.key = v.key
WHEN MATCHED AND s.value IS DISTINCT FROM v.value THEN UPDATE SET value = v.value
WHEN NOT MATCHED THEN INSERT (key, value) VALUES (v.key, v.value);
