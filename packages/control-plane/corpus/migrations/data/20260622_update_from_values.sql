UPDATE plans p SET price = v.price
  FROM (VALUES ('pro', 1280), ('biz', 12800)) AS v (code, price)
 WHERE p.code = v.code;
