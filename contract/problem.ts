import { z } from "zod";

/** Every way a request can be refused. A code never changes its meaning; clients may branch on it. */
export const ProblemCode = z.enum([
  "invalid_json",
  "invalid_request",
  "unsupported_media_type",
  "body_too_large",
  "missing_credentials",
  "invalid_credentials",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "key_taken",
  "stale_revision",
  "status_not_allowed",
  "locked_while_running",
  "unknown_reference",
  "prerequisite_cycle",
  "audience_cycle",
  "layer_full",
  "slot_taken",
  "experiment_incomplete",
  "setup_done",
  "too_many_attempts",
  "rate_limited",
  "unavailable",
  "internal",
]);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** One mistake in a request: where (a path such as `variants.1.weight`, or `""` for the whole) and what to do about it. */
export const ProblemError = z.object({ path: z.string(), message: z.string() });
export type ProblemError = z.infer<typeof ProblemError>;

/** RFC 9457 body of every error answer (`application/problem+json`). */
export const ProblemBody = z.object({
  status: z.number().int(),
  code: ProblemCode,
  title: z.string(),
  detail: z.string(),
  errors: z.array(ProblemError),
  request_id: z.string(),
});
export type ProblemBody = z.infer<typeof ProblemBody>;
