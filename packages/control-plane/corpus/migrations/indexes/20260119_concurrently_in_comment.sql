CREATE INDEX /* CONCURRENTLY */ orders_note_idx -- CONCURRENTLY
    ON orders (note);
