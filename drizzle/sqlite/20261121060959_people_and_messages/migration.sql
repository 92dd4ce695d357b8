CREATE TABLE `audit` (
	`id` text PRIMARY KEY,
	`org_id` text NOT NULL,
	`action` text NOT NULL,
	`actor_id` text NOT NULL,
	`api_key_id` text,
	`conversation_id` text,
	`target_id` text,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `block` (
	`blocker_id` text NOT NULL,
	`blocked_id` text NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT `block_pk` PRIMARY KEY(`blocker_id`, `blocked_id`)
);
--> statement-breakpoint
CREATE TABLE `hidden_message` (
	`user_id` text NOT NULL,
	`message_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`rev` integer NOT NULL,
	`hidden_at` integer NOT NULL,
	CONSTRAINT `hidden_message_pk` PRIMARY KEY(`user_id`, `message_id`),
	CONSTRAINT `fk_hidden_message_message_id_message_id_fk` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE `notification` (
	`id` text PRIMARY KEY,
	`user_id` text NOT NULL,
	`org_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`conversation_id` text NOT NULL,
	`message_id` text,
	`seq` integer,
	`actor_id` text NOT NULL,
	`emoji` text,
	`created_at` integer NOT NULL,
	`read_at` integer
);
--> statement-breakpoint
CREATE TABLE `notification_preference` (
	`user_id` text PRIMARY KEY,
	`kinds` text DEFAULT '{}' NOT NULL,
	`quiet_from` integer,
	`quiet_until` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pin` (
	`message_id` text PRIMARY KEY,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`pinned_by` text NOT NULL,
	`pinned_at` integer NOT NULL,
	CONSTRAINT `fk_pin_message_id_message_id_fk` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE `push_subscription` (
	`id` text PRIMARY KEY,
	`user_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` text NOT NULL,
	`auth` text NOT NULL,
	`session_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE TABLE `thread_read` (
	`thread_id` text NOT NULL,
	`user_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`read_seq` integer NOT NULL,
	CONSTRAINT `thread_read_pk` PRIMARY KEY(`thread_id`, `user_id`),
	CONSTRAINT `fk_thread_read_thread_id_message_id_fk` FOREIGN KEY (`thread_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
ALTER TABLE `conversation` ADD `history_from_max` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation` ADD `pinning` text DEFAULT 'members' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation` ADD `mentioning_all` text DEFAULT 'members' NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation` ADD `slow_mode_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation_member` ADD `draft` text;--> statement-breakpoint
ALTER TABLE `conversation_member` ADD `hidden_rev` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation_member` ADD `notified_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `conversation_member` ADD `last_sent_at` integer;--> statement-breakpoint
ALTER TABLE `conversation_member` ADD `blocked` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `message` ADD `also_to_conversation` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `message` ADD `reply_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `message` ADD `last_reply_at` integer;--> statement-breakpoint
ALTER TABLE `message` ADD `mentions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `message` ADD `forwarded_from` text;--> statement-breakpoint
ALTER TABLE `message` ADD `pinned_at` integer;--> statement-breakpoint
ALTER TABLE `message` ADD `pinned_by` text;--> statement-breakpoint
ALTER TABLE `message` ADD `api_key_id` text;--> statement-breakpoint
ALTER TABLE `user` ADD `status_text` text;--> statement-breakpoint
ALTER TABLE `user` ADD `time_zone` text;--> statement-breakpoint
CREATE INDEX `audit_org_idx` ON `audit` (`org_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_key_idx` ON `audit` (`api_key_id`,`id`);--> statement-breakpoint
CREATE INDEX `block_blocked_idx` ON `block` (`blocked_id`);--> statement-breakpoint
CREATE INDEX `hidden_message_rev_idx` ON `hidden_message` (`user_id`,`conversation_id`,`rev`);--> statement-breakpoint
CREATE INDEX `hidden_message_message_idx` ON `hidden_message` (`message_id`);--> statement-breakpoint
CREATE INDEX `message_thread_idx` ON `message` (`thread_id`,`seq`) WHERE "message"."thread_id" is not null;--> statement-breakpoint
CREATE INDEX `message_threads_idx` ON `message` (`conversation_id`,`last_reply_at`) WHERE "message"."last_reply_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `notification_subject_uq` ON `notification` (`user_id`,`subject`);--> statement-breakpoint
CREATE INDEX `notification_user_idx` ON `notification` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `notification_unread_idx` ON `notification` (`user_id`,`conversation_id`,`read_at`);--> statement-breakpoint
CREATE INDEX `notification_message_idx` ON `notification` (`message_id`);--> statement-breakpoint
CREATE INDEX `pin_conversation_idx` ON `pin` (`conversation_id`,`pinned_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `push_subscription_endpoint_uq` ON `push_subscription` (`endpoint`);--> statement-breakpoint
CREATE INDEX `push_subscription_user_idx` ON `push_subscription` (`user_id`);--> statement-breakpoint
CREATE INDEX `push_subscription_session_idx` ON `push_subscription` (`session_id`);--> statement-breakpoint
CREATE INDEX `thread_read_user_idx` ON `thread_read` (`user_id`,`conversation_id`);