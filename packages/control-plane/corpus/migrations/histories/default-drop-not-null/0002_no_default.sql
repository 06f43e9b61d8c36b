-- active は新しいアプリが必ず指定するので既定値は不要
SET lock_timeout = '2s';
ALTER TABLE members ALTER COLUMN active DROP DEFAULT;
