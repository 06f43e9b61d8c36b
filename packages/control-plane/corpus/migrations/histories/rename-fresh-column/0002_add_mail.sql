ALTER TABLE staff ADD COLUMN mail text;
