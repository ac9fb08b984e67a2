CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`environment` text,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text,
	FOREIGN KEY (`environment`) REFERENCES `environments`(`key`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `audiences` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`rules` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audiences_key_unique` ON `audiences` (`key`);--> statement-breakpoint
CREATE TABLE `audit_events` (
	`revision` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`change` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `environments` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`generation` integer NOT NULL,
	`shards` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `environments_key_unique` ON `environments` (`key`);--> statement-breakpoint
CREATE TABLE `experiment_metrics` (
	`experiment_id` text NOT NULL,
	`position` integer NOT NULL,
	`metric_id` text NOT NULL,
	`role` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `position`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`metric_id`) REFERENCES `metrics`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `experiment_metrics_once` ON `experiment_metrics` (`experiment_id`,`metric_id`);--> statement-breakpoint
CREATE TABLE `experiments` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`hypothesis` text NOT NULL,
	`owner` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`environments` text NOT NULL,
	`salt` text NOT NULL,
	`unit_type` text NOT NULL,
	`url` text,
	`layer_id` text NOT NULL,
	`rules` text NOT NULL,
	`min_detectable_effect` real,
	`significance_level` real NOT NULL,
	`power` real NOT NULL,
	`estimated_duration_days` integer NOT NULL,
	`phase` integer NOT NULL,
	`revision` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`started_at` text,
	`ended_at` text,
	FOREIGN KEY (`layer_id`) REFERENCES `layers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `experiments_key_unique` ON `experiments` (`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `experiments_salt_unique` ON `experiments` (`salt`);--> statement-breakpoint
CREATE INDEX `experiments_by_layer` ON `experiments` (`layer_id`);--> statement-breakpoint
CREATE INDEX `experiments_by_status` ON `experiments` (`status`);--> statement-breakpoint
CREATE TABLE `layers` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`salt` text NOT NULL,
	`unit_type` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `layers_key_unique` ON `layers` (`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `layers_salt_unique` ON `layers` (`salt`);--> statement-breakpoint
CREATE TABLE `metrics` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`event` text,
	`value` text,
	`numerator` text,
	`denominator` text,
	`quantile` real,
	`direction` text NOT NULL,
	`cap` real,
	`window_hours` real,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `metrics_key_unique` ON `metrics` (`key`);--> statement-breakpoint
CREATE TABLE `phases` (
	`experiment_id` text NOT NULL,
	`number` integer NOT NULL,
	`started_at` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `number`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `result_snapshots` (
	`experiment_id` text NOT NULL,
	`environment` text NOT NULL,
	`hour` text NOT NULL,
	`results` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `environment`, `hour`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`subject` text NOT NULL,
	`window_ends_at` text NOT NULL,
	`attempts` integer NOT NULL,
	PRIMARY KEY(`subject`, `window_ends_at`)
);
--> statement-breakpoint
CREATE TABLE `slots` (
	`experiment_id` text NOT NULL,
	`range_start` integer NOT NULL,
	`range_end` integer NOT NULL,
	PRIMARY KEY(`experiment_id`, `range_start`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "slots_range" CHECK(0 <= "slots"."range_start" AND "slots"."range_start" <= "slots"."range_end" AND "slots"."range_end" <= 9999)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE TABLE `variants` (
	`id` text PRIMARY KEY NOT NULL,
	`experiment_id` text NOT NULL,
	`position` integer NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`weight_bp` integer NOT NULL,
	`is_control` integer NOT NULL,
	`config` text,
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "variants_weight_bp" CHECK("variants"."weight_bp" BETWEEN 0 AND 10000)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `variants_by_key` ON `variants` (`experiment_id`,`key`);--> statement-breakpoint
CREATE TABLE `workspace` (
	`id` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL,
	CONSTRAINT "workspace_is_one_row" CHECK("workspace"."id" = 1)
);
