CREATE TABLE order_search (order_id bigint PRIMARY KEY, document tsvector NOT NULL);
INSERT INTO order_search SELECT id, to_tsvector('simple', coalesce(note, '')) FROM orders;
CREATE INDEX order_search_document ON order_search USING gin (document);
