import type { AnySchema } from "../../contract/schema.ts";
import type { Permission } from "./permissions.ts";

/** What a middleware asks of a request, for the API's own description of itself. */
export interface Asked {
  readonly permission?: Permission;
  readonly query?: AnySchema;
  readonly body?: AnySchema;
}

const asked = new WeakMap<object, Asked>();

/** Remembers what the middleware asks for. */
export const described = <Middleware extends object>(middleware: Middleware, what: Asked): Middleware => {
  asked.set(middleware, what);
  return middleware;
};

export const askedBy = (middleware: object): Asked => asked.get(middleware) ?? {};
