import { z } from "zod";

export const Email = z.email().max(254).toLowerCase();

export const Role = z.enum(["admin", "editor", "viewer"]);
export type Role = z.infer<typeof Role>;

export const Credentials = z.strictObject({ email: Email, password: z.string().min(1).max(200) });
export type Credentials = z.infer<typeof Credentials>;

/** Makes the first administrator; works once, with the SETUP_TOKEN secret. */
export const Setup = z.strictObject({
  token: z.string().min(1).max(200),
  email: Email,
  password: z.string().min(10, "Use at least 10 characters.").max(200),
});
export type Setup = z.infer<typeof Setup>;

export const Session = z.object({ email: Email, role: Role });
export type Session = z.infer<typeof Session>;
