CREATE TABLE "Users" ("id" bigint PRIMARY KEY, "name" text);
DROP TABLE users;
