DO $outer$
BEGIN
  EXECUTE $inner$
    DO $x$ BEGIN
      ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL;
    END $x$
  $inner$;
END
$outer$;
