import type { z } from "zod";

/** Schemas by type, for those who take any of the contract's and may not know zod. */
export type AnySchema = z.ZodType;
export type InputOf<Schema extends AnySchema> = z.input<Schema>;
export type OutputOf<Schema extends AnySchema> = z.output<Schema>;
export type SchemaIssue = z.core.$ZodIssue;
