-- What every workspace starts with.
INSERT INTO `workspace` (`id`, `revision`) VALUES (1, 0);
--> statement-breakpoint
INSERT INTO `environments` (`id`, `key`, `name`, `enabled`, `generation`, `shards`, `created_at`) VALUES
	('env_00000000000000000000000001', 'production', 'Production', 1, 1, 8, '2026-01-01T00:00:00.000Z'),
	('env_00000000000000000000000002', 'development', 'Development', 1, 1, 1, '2026-01-01T00:00:00.000Z');
