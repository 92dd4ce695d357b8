CREATE TABLE "poll_vote" (
	"message_id" text,
	"user_id" text,
	"option_id" text,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"voted_at" bigint NOT NULL,
	CONSTRAINT "poll_vote_pkey" PRIMARY KEY("message_id","user_id","option_id")
);
--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "poll" json;--> statement-breakpoint
CREATE INDEX "poll_vote_option_idx" ON "poll_vote" ("message_id","option_id","voted_at");--> statement-breakpoint
ALTER TABLE "poll_vote" ADD CONSTRAINT "poll_vote_message_id_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE;