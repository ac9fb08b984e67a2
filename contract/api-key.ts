import { z } from "zod";
import { EnvironmentKey, Instant, Name, Reference } from "./key.ts";

export const ApiKeyType = z.enum(["client", "server", "admin"]);
export type ApiKeyType = z.infer<typeof ApiKeyType>;

export const NewApiKey = z
  .strictObject({
    name: Name,
    type: ApiKeyType,
    environment: Reference.optional(),
    /** Bulk OFREP answers carry `metadata` and `eventStreams`. Off by default: strict clients (Kotlin) cannot read them. */
    ofrep_extras: z.boolean().optional(),
  })
  .superRefine((key, context) => {
    if (key.type !== "admin" && key.environment === undefined)
      context.addIssue({ code: "custom", path: ["environment"], message: `A ${key.type} key needs an environment.` });
    if (key.type === "admin" && key.environment !== undefined)
      context.addIssue({ code: "custom", path: ["environment"], message: "An admin key belongs to no environment." });
    if (key.type === "admin" && key.ofrep_extras)
      context.addIssue({ code: "custom", path: ["ofrep_extras"], message: "An admin key cannot be used for OFREP." });
  });
export type NewApiKey = z.infer<typeof NewApiKey>;

/** A key as it is listed: never the secret. */
export const ApiKey = z.object({
  id: z.string(),
  name: Name,
  type: ApiKeyType,
  environment: EnvironmentKey.nullable(),
  ofrep_extras: z.boolean(),
  /** The first characters, enough to recognise the key by. */
  hint: z.string(),
  created_at: Instant,
  revoked_at: Instant.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** The answer to creating a key: the only time that `key` is shown. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
