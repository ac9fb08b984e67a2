import type { Context, MiddlewareHandler, Next } from "hono";
import type { Role } from "../../contract/session.ts";
import { Problem } from "../http/problem.ts";
import { described } from "./described.ts";
import type { AdminEnv } from "./env.ts";

/**
 * What a route asks for. `definitions` are experiments, flags, metrics, layers, audiences, holdouts and overrides; starting,
 * pausing and the like, and a flag's switch, is `experiments.run`, so that a later role may draft without touching what
 * visitors see.
 */
export type Permission =
  | "definitions.read"
  | "definitions.write"
  | "experiments.run"
  | "results.read"
  | "environments.write"
  | "units.delete"
  | "api_keys.read"
  | "api_keys.write"
  | "audit.read"
  | "own_session";

const VIEWER: readonly Permission[] = ["definitions.read", "results.read", "own_session"];
const EDITOR: readonly Permission[] = [...VIEWER, "definitions.write", "experiments.run", "audit.read"];
const ADMIN: readonly Permission[] = [
  ...EDITOR,
  "environments.write",
  "units.delete",
  "api_keys.read",
  "api_keys.write",
];

const permissionsOf: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(VIEWER),
  editor: new Set(EDITOR),
  admin: new Set(ADMIN),
};

/** Lets the request through when the principal's role has the permission; a 403 that names the role otherwise. */
export const allow = (permission: Permission): MiddlewareHandler<AdminEnv> =>
  described(
    async (c: Context<AdminEnv>, next: Next) => {
      const { role } = c.get("principal");
      if (!permissionsOf[role].has(permission))
        throw new Problem(
          403,
          "forbidden",
          `The role ${role} may not do this; it needs ${permission}. Ask an administrator.`,
        );
      await next();
    },
    { permission },
  );
