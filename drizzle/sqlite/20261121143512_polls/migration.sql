CREATE TABLE `poll_vote` (
	`message_id` text NOT NULL,
	`user_id` text NOT NULL,
	`option_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`voted_at` integer NOT NULL,
	CONSTRAINT `poll_vote_pk` PRIMARY KEY(`message_id`, `user_id`, `option_id`),
	CONSTRAINT `fk_poll_vote_message_id_message_id_fk` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
ALTER TABLE `message` ADD `poll` text;--> statement-breakpoint
CREATE INDEX `poll_vote_option_idx` ON `poll_vote` (`message_id`,`option_id`,`voted_at`);