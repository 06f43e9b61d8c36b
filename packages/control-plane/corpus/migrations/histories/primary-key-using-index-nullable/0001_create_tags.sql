CREATE TABLE tags (code text, label text);
