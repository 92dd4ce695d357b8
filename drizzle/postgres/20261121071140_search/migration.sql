CREATE TABLE "message_search" ("message_id" text PRIMARY KEY, "tokens" tsvector NOT NULL);--> statement-breakpoint
CREATE INDEX "message_search_tokens_idx" ON "message_search" USING gin ("tokens");--> statement-breakpoint
INSERT INTO "outbox" ("id", "kind", "payload", "due_at", "created_at")
SELECT '019aa3f0-0000-7000-8000-000000000001', 'search.index', '{}', 0, 0 WHERE EXISTS (SELECT 1 FROM "message");
