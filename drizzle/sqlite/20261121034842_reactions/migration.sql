CREATE TABLE `reaction` (
	`message_id` text NOT NULL,
	`user_id` text NOT NULL,
	`emoji` text NOT NULL,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT `reaction_pk` PRIMARY KEY(`message_id`, `user_id`, `emoji`),
	CONSTRAINT `fk_reaction_message_id_message_id_fk` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
ALTER TABLE `message` ADD `reactions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `reaction_user_idx` ON `reaction` (`user_id`);