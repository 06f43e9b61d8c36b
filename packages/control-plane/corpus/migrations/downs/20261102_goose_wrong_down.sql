-- +goose Up
CREATE TABLE setting_groups (id bigint PRIMARY KEY, name text NOT NULL);

-- +goose Down
DROP TABLE IF EXISTS setting_groups;
DROP TABLE IF EXISTS settings;
