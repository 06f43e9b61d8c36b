CREATE TABLE authors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE books (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, author_id bigint);
ALTER TABLE books ADD CONSTRAINT books_author_fk FOREIGN KEY (author_id) REFERENCES authors (id);
ALTER TABLE books ADD CONSTRAINT books_title_not_blank CHECK (btrim(title) <> '');
ALTER TABLE books ALTER COLUMN author_id SET NOT NULL;
ALTER TABLE authors ADD CONSTRAINT authors_name_key UNIQUE (name);
