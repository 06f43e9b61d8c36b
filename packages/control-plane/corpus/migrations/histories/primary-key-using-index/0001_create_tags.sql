CREATE TABLE tags (code text NOT NULL, label text);
