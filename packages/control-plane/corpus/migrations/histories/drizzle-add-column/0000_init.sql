CREATE TABLE "posts" (
	"id" bigint PRIMARY KEY NOT NULL,
	"title" varchar(80) NOT NULL
);
