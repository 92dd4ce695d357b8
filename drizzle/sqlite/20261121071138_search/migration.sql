CREATE VIRTUAL TABLE `message_search` USING fts5(`tokens`, `message_id` UNINDEXED, tokenize = 'ascii', detail = 'none', prefix = '2 3 4 5');--> statement-breakpoint
INSERT INTO `message_search` (`message_search`, `rank`) VALUES ('secure-delete', 1);--> statement-breakpoint
INSERT INTO `outbox` (`id`, `kind`, `payload`, `due_at`, `created_at`)
SELECT '019aa3f0-0000-7000-8000-000000000001', 'search.index', '{}', 0, 0 WHERE EXISTS (SELECT 1 FROM `message`);
