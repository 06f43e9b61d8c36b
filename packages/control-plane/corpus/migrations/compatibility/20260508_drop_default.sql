-- active は新しいアプリが必ず指定するので既定値は不要
ALTER TABLE products ALTER COLUMN active DROP DEFAULT;
