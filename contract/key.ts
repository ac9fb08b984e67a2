import { z } from "zod";
import "./messages.ts";

/** How people name experiments, metrics, layers and audiences in URLs and code: `checkout_redesign_q1_2025`. */
export const Key = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, "Use lower-case letters, digits, _ and -, starting with a letter or digit.");

/** An environment key. No underscore, because SDK keys carry it between underscores. */
export const EnvironmentKey = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[a-z0-9][a-z0-9-]*$/, "Use lower-case letters, digits and -, starting with a letter or digit.");

/** A reference to a named resource: its key or its id, whichever the caller has. */
export const Reference = z.string().min(1).max(140);

/** What is randomised: the name of the context attribute that holds the unit. */
export const UnitType = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z][a-z0-9_]*$/, "Use lower-case letters, digits and _, starting with a letter.");

/** An instant as stored and sent: ISO 8601 in UTC. */
export const Instant = z.iso.datetime();

export const Name = z.string().trim().min(1).max(200);

/** The key that a name suggests: `Checkout button` becomes `checkout_button`. Empty when the name has no letter or digit. */
export const keyOf = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 100);
