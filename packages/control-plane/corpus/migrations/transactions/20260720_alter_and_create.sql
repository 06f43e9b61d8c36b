SET LOCAL lock_timeout = '2s';
CREATE TABLE tiers (code text PRIMARY KEY, label text NOT NULL);
INSERT INTO tiers VALUES ('gold', 'ゴールド'), ('silver', 'シルバー');
ALTER TABLE users ADD COLUMN tier text;
ALTER TABLE users ADD CONSTRAINT users_tier_fk FOREIGN KEY (tier) REFERENCES tiers (code) NOT VALID;
