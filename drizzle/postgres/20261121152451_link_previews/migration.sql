CREATE TABLE "link_picture" (
	"message_id" text PRIMARY KEY,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"data" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "link_preview" json;--> statement-breakpoint
ALTER TABLE "link_picture" ADD CONSTRAINT "link_picture_message_id_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE;