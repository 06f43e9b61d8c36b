INSERT INTO plans (code, name, price)
VALUES ('pro', 'Pro', 1280), ('team', 'Team', 4980)
ON CONFLICT (code) DO UPDATE SET price = excluded.price, name = excluded.name;
