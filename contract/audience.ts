import { z } from "zod";
import { Instant, Key, Name } from "./key.ts";
import { Rules } from "./targeting.ts";

export const NewAudience = z.strictObject({
  key: Key.optional(),
  name: Name,
  rules: Rules.min(1),
});
export type NewAudience = z.infer<typeof NewAudience>;

export const Audience = z.object({ id: z.string(), key: Key, name: Name, rules: Rules, created_at: Instant });
export type Audience = z.infer<typeof Audience>;
