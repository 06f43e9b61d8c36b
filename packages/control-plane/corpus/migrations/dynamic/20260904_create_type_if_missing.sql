DO $$ BEGIN
 CREATE TYPE "public"."user_role" AS ENUM('admin', 'member', 'guest');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "user_roles" (
	"user_id" bigint NOT NULL,
	"role" "user_role" DEFAULT 'member' NOT NULL,
	CONSTRAINT "user_roles_pk" PRIMARY KEY("user_id","role")
);
