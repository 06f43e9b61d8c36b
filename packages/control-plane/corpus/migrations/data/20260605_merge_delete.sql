MERGE INTO plans p
USING (VALUES ('free', 'Free', 0), ('pro', 'Pro', 1280)) AS s (code, name, price) ON p.code = s.code
WHEN MATCHED THEN UPDATE SET price = s.price
WHEN NOT MATCHED BY TARGET THEN INSERT VALUES (s.code, s.name, s.price)
WHEN NOT MATCHED BY SOURCE THEN DELETE;
