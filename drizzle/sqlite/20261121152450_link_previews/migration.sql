CREATE TABLE `link_picture` (
	`message_id` text PRIMARY KEY,
	`conversation_id` text NOT NULL,
	`org_id` text NOT NULL,
	`data` text NOT NULL,
	CONSTRAINT `fk_link_picture_message_id_message_id_fk` FOREIGN KEY (`message_id`) REFERENCES `message`(`id`) ON DELETE CASCADE
);
--> statement-breakpoint
ALTER TABLE `message` ADD `link_preview` text;