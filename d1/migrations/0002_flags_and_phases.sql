CREATE TABLE `flags` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`type` text NOT NULL,
	`unit_type` text NOT NULL,
	`salt` text NOT NULL,
	`default_value` text,
	`off_value` text,
	`variants` text NOT NULL,
	`metadata` text NOT NULL,
	`prerequisites` text NOT NULL,
	`server_only` integer NOT NULL,
	`archived` integer NOT NULL,
	`environments` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `flags_key_unique` ON `flags` (`key`);--> statement-breakpoint
CREATE TABLE `holdouts` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`share` real NOT NULL,
	`unit_type` text NOT NULL,
	`salt` text NOT NULL,
	`environments` text NOT NULL,
	`covers` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `holdouts_key_unique` ON `holdouts` (`key`);--> statement-breakpoint
CREATE TABLE `overrides` (
	`id` text PRIMARY KEY NOT NULL,
	`experiment` text,
	`flag` text,
	`unit_type` text NOT NULL,
	`unit` text NOT NULL,
	`unit_hash` text NOT NULL,
	`variant` text,
	`value` text,
	`environment` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`environment`) REFERENCES `environments`(`key`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "overrides_one_target" CHECK(("overrides"."experiment" IS NULL) <> ("overrides"."flag" IS NULL))
);
--> statement-breakpoint
ALTER TABLE `api_keys` ADD `ofrep_extras` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `audiences` ADD `id_attribute` text;--> statement-breakpoint
ALTER TABLE `audiences` ADD `id_count` integer;--> statement-breakpoint
ALTER TABLE `audiences` ADD `id_list` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `starts_at` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `ends_at` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `prerequisites` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `experiments` ADD `sticky` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `experiments` ADD `server_only` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `experiments` ADD `switchback` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `factors` text;--> statement-breakpoint
ALTER TABLE `phases` ADD `reason` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `phases` ADD `definition` text;--> statement-breakpoint
ALTER TABLE `variants` ADD `levels` text;