import { toJsonSchemas } from "../../contract/json-schema.ts";
import type { JsonSchema } from "../../contract/json-schema.ts";
import type { AnySchema } from "../../contract/schema.ts";
import { askedBy } from "./described.ts";
import type { Asked } from "./described.ts";
import { answered, operations, sent } from "./operations.ts";
import type { Operation } from "./operations.ts";

interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: object;
}

const BASE = "/api/v1";

interface Content {
  readonly [mediaType: string]: { readonly schema: JsonSchema };
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface OpenApiOperation {
  readonly summary: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly [];
  readonly "x-permission"?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

/** As much of OpenAPI 3.1 as is used here. */
export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

const nameOf = (schema: AnySchema): string => {
  const name = Object.entries(sent).find(([, each]) => each === schema)?.[0];
  if (name === undefined) throw new Error("A body's schema is missing in operations.ts.");
  return name;
};

const queryParameters = (schema: AnySchema): Parameter[] => {
  const { properties = {}, required = [] } = toJsonSchemas({ query: schema }, "input")["query"] ?? {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: "query" as const,
    required: required.includes(name),
    // JSON Schema knows properties that are plain true or false; no query has one.
    schema: typeof property === "boolean" ? {} : property,
  }));
};

const ifMatch: Parameter = {
  name: "If-Match",
  in: "header",
  description: "The revision that the change was decided upon, in quotes; a 409 shows the present state.",
  schema: { type: "string" },
};

/** Experiments and flags know how often they were changed. */
const hasRevision = (path: string): boolean => /^\/(?:experiments|flags)\/:key/.test(path);

const parametersOf = (path: string, method: string, asked: Asked): Parameter[] => [
  ...Array.from(path.matchAll(/:(\w+)/g), ([, name = ""]): Parameter => ({
    name,
    in: "path",
    required: true,
    description: name === "id" ? "An id." : "A key or an id.",
    schema: { type: "string" },
  })),
  ...(asked.query ? queryParameters(asked.query) : []),
  ...(hasRevision(path) && (method === "PATCH" || method === "PUT") ? [ifMatch] : []),
];

const operationOf = (
  method: string,
  path: string,
  asked: Asked,
  { summary, status, answer }: Operation,
): OpenApiOperation => ({
  summary,
  operationId: `${method.toLowerCase()}${path.replaceAll(/[/:.-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
  tags: [path.split("/")[1] ?? ""],
  ...(asked.permission === undefined ? { security: [] } : { "x-permission": asked.permission }),
  parameters: parametersOf(path, method, asked),
  ...(asked.body && {
    requestBody: { required: true, content: { "application/json": { schema: reference(nameOf(asked.body)) } } },
  }),
  responses: {
    [status ?? 200]: {
      description: "Done.",
      ...(answer !== undefined && { content: { "application/json": { schema: reference(answer) } } }),
    },
    default: {
      description: "Refused, with what to do about it.",
      content: { "application/problem+json": { schema: reference("Problem") } },
    },
  },
});

/** OpenAPI 3.1 of the mounted routes: what they take is read off their middleware, the rest from `operations.ts`. */
export const openApiOf = (routes: readonly Route[]): OpenApi => {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const handlers = Map.groupBy(
    routes.filter(({ method }) => method !== "ALL"),
    ({ method, path }) => `${method} ${path.slice(BASE.length)}`,
  );
  for (const [route, group] of handlers) {
    const [method = "", path = ""] = route.split(" ");
    const operation = operations[route];
    if (!operation) throw new Error(`${route} is missing in operations.ts.`);
    const asked: Asked = Object.assign({}, ...group.map(({ handler }) => askedBy(handler)));
    const item = (paths[path.replaceAll(/:(\w+)/g, "{$1}")] ??= {});
    item[method.toLowerCase()] = operationOf(method, path, asked, operation);
  }
  const schemas: Record<string, JsonSchema> = { ...toJsonSchemas(answered, "output"), ...toJsonSchemas(sent, "input") };
  return {
    openapi: "3.1.0",
    info: {
      title: "Edgeworth admin API",
      version: "1",
      description:
        "Definitions, keys and results. Errors are application/problem+json with a stable code and, for each mistake, a path and a sentence.",
    },
    servers: [{ url: BASE }],
    security: [{ bearer: [] }, { api_key: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An admin key, ew_admin_…" },
        api_key: { type: "apiKey", in: "header", name: "X-API-Key", description: "An admin key, ew_admin_…" },
        session: { type: "apiKey", in: "cookie", name: "ew_session" },
      },
    },
  };
};
