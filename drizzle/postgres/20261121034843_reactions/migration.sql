CREATE TABLE "reaction" (
	"message_id" text,
	"user_id" text,
	"emoji" text,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "reaction_pkey" PRIMARY KEY("message_id","user_id","emoji")
);
--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "reactions" json DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX "reaction_user_idx" ON "reaction" ("user_id");--> statement-breakpoint
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_message_id_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE;