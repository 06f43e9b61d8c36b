UPDATE orders AS o SET note = '' WHERE (NOT FALSE) AND 'a' = 'a';
