import { defineConfig } from "drizzle-kit";

/** `drizzle-kit generate --config d1/drizzle.config.ts` writes the next migration; wrangler applies them. */
export default defineConfig({ dialect: "sqlite", schema: "./d1/schema.ts", out: "./d1/migrations" });
