import { z } from "zod";
import type { AnySchema } from "./schema.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * JSON Schemas (draft 2020-12) of schemas by name; where one holds another it refers to `#/components/schemas/<name>`, as
 * OpenAPI 3.1 wants it. `input` is what may be sent, `output` what is answered: answers may grow fields, so those are not
 * closed. What only code can check (weights that sum to 100) is not in a JSON Schema.
 */
export const toJsonSchemas = (
  schemas: Readonly<Record<string, AnySchema>>,
  io: "input" | "output",
): Record<string, JsonSchema> => {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const converted = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(converted.schemas).map(([id, schema]) => {
      delete schema.$id;
      delete schema.$schema;
      return [id, schema];
    }),
  );
};
