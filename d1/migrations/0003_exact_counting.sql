CREATE TABLE `watched_experiments` (
	`experiment_id` text NOT NULL,
	`other_id` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `other_id`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`other_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "watched_experiments_are_two" CHECK("watched_experiments"."experiment_id" <> "watched_experiments"."other_id")
);
--> statement-breakpoint
ALTER TABLE `environments` ADD `unit_id_salt` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `dimensions` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `experiments` ADD `member_type` text;--> statement-breakpoint
ALTER TABLE `metrics` ADD `filters` text;--> statement-breakpoint
ALTER TABLE `metrics` ADD `retention_days` text;--> statement-breakpoint
ALTER TABLE `metrics` ADD `cap_percentile` real;