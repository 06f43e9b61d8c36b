--liquibase formatted sql

--changeset tanaka:1
CREATE TABLE staff (id bigint PRIMARY KEY, name text NOT NULL);
--rollback DROP TABLE staff;

--changeset tanaka:2
CREATE TABLE teams (id bigint PRIMARY KEY, name text NOT NULL);
CREATE INDEX teams_name_idx ON teams (name);
--rollback DROP TABLE teams;
