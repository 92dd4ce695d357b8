CREATE TABLE "audit" (
	"id" text PRIMARY KEY,
	"org_id" text NOT NULL,
	"action" text NOT NULL,
	"actor_id" text NOT NULL,
	"api_key_id" text,
	"conversation_id" text,
	"target_id" text,
	"request_id" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "block" (
	"blocker_id" text,
	"blocked_id" text,
	"created_at" bigint NOT NULL,
	CONSTRAINT "block_pkey" PRIMARY KEY("blocker_id","blocked_id")
);
--> statement-breakpoint
CREATE TABLE "hidden_message" (
	"user_id" text,
	"message_id" text,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"rev" bigint NOT NULL,
	"hidden_at" bigint NOT NULL,
	CONSTRAINT "hidden_message_pkey" PRIMARY KEY("user_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "notification" (
	"id" text PRIMARY KEY,
	"user_id" text NOT NULL,
	"org_id" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"conversation_id" text NOT NULL,
	"message_id" text,
	"seq" bigint,
	"actor_id" text NOT NULL,
	"emoji" text,
	"created_at" bigint NOT NULL,
	"read_at" bigint
);
--> statement-breakpoint
CREATE TABLE "notification_preference" (
	"user_id" text PRIMARY KEY,
	"kinds" json DEFAULT '{}' NOT NULL,
	"quiet_from" bigint,
	"quiet_until" bigint,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pin" (
	"message_id" text PRIMARY KEY,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"pinned_by" text NOT NULL,
	"pinned_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "push_subscription" (
	"id" text PRIMARY KEY,
	"user_id" text NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"session_id" text,
	"created_at" bigint NOT NULL,
	"expires_at" bigint
);
--> statement-breakpoint
CREATE TABLE "thread_read" (
	"thread_id" text,
	"user_id" text,
	"conversation_id" text NOT NULL,
	"org_id" text NOT NULL,
	"read_seq" bigint NOT NULL,
	CONSTRAINT "thread_read_pkey" PRIMARY KEY("thread_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "history_from_max" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "pinning" text DEFAULT 'members' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "mentioning_all" text DEFAULT 'members' NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation" ADD COLUMN "slow_mode_seconds" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation_member" ADD COLUMN "draft" json;--> statement-breakpoint
ALTER TABLE "conversation_member" ADD COLUMN "hidden_rev" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation_member" ADD COLUMN "notified_seq" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "conversation_member" ADD COLUMN "last_sent_at" bigint;--> statement-breakpoint
ALTER TABLE "conversation_member" ADD COLUMN "blocked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "also_to_conversation" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "reply_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "last_reply_at" bigint;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "mentions" json DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "forwarded_from" json;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "pinned_at" bigint;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "pinned_by" text;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "api_key_id" text;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "status_text" text;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "time_zone" text;--> statement-breakpoint
CREATE INDEX "audit_org_idx" ON "audit" ("org_id","id");--> statement-breakpoint
CREATE INDEX "audit_key_idx" ON "audit" ("api_key_id","id");--> statement-breakpoint
CREATE INDEX "block_blocked_idx" ON "block" ("blocked_id");--> statement-breakpoint
CREATE INDEX "hidden_message_rev_idx" ON "hidden_message" ("user_id","conversation_id","rev");--> statement-breakpoint
CREATE INDEX "hidden_message_message_idx" ON "hidden_message" ("message_id");--> statement-breakpoint
CREATE INDEX "message_thread_idx" ON "message" ("thread_id","seq") WHERE "thread_id" is not null;--> statement-breakpoint
CREATE INDEX "message_threads_idx" ON "message" ("conversation_id","last_reply_at") WHERE "last_reply_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notification_subject_uq" ON "notification" ("user_id","subject");--> statement-breakpoint
CREATE INDEX "notification_user_idx" ON "notification" ("user_id","id");--> statement-breakpoint
CREATE INDEX "notification_unread_idx" ON "notification" ("user_id","conversation_id","read_at");--> statement-breakpoint
CREATE INDEX "notification_message_idx" ON "notification" ("message_id");--> statement-breakpoint
CREATE INDEX "pin_conversation_idx" ON "pin" ("conversation_id","pinned_at");--> statement-breakpoint
CREATE UNIQUE INDEX "push_subscription_endpoint_uq" ON "push_subscription" ("endpoint");--> statement-breakpoint
CREATE INDEX "push_subscription_user_idx" ON "push_subscription" ("user_id");--> statement-breakpoint
CREATE INDEX "push_subscription_session_idx" ON "push_subscription" ("session_id");--> statement-breakpoint
CREATE INDEX "thread_read_user_idx" ON "thread_read" ("user_id","conversation_id");--> statement-breakpoint
ALTER TABLE "hidden_message" ADD CONSTRAINT "hidden_message_message_id_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "pin" ADD CONSTRAINT "pin_message_id_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "thread_read" ADD CONSTRAINT "thread_read_thread_id_message_id_fkey" FOREIGN KEY ("thread_id") REFERENCES "message"("id") ON DELETE CASCADE;