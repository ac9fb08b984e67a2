import { describe, expect, it } from "vitest";
import { app } from "../../../workers/admin/app.ts";
import { askedBy } from "../../../workers/admin/described.ts";
import { openApiOf } from "../../../workers/admin/openapi.ts";
import { answered, operations } from "../../../workers/admin/operations.ts";

const PUBLIC = ["GET /health", "GET /openapi.json", "POST /setup", "POST /session"];
const document = openApiOf(app.routes);
const routes = app.routes.filter(({ method }) => method !== "ALL");
const names = [...new Set(routes.map(({ method, path }) => `${method} ${path.replace("/api/v1", "")}`))];

/** Every value in a JSON document under a property of that name. */
const valuesOf = (name: string, value: unknown): unknown[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, each]) => [...(key === name ? [each] : []), ...valuesOf(name, each)]);

const named = (path: string, method: string) =>
  document.paths[path]?.[method]?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);

describe("the API's description of itself", () => {
  it.each(names)("covers the route %s", (route) => {
    const [method = "", path = ""] = route.split(" ");
    const operation = document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    expect(operation?.summary).toBe(operations[route]?.summary);
    expect(Object.keys(operation?.responses ?? {})).toContain("default");
  });

  it("covers nothing that is not mounted", () => {
    expect(Object.keys(operations).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)("names one permission of the route, unless anybody may ask: %s", (route) => {
    const permissions = routes
      .filter(({ method, path }) => route === `${method} ${path.replace("/api/v1", "")}`)
      .flatMap(({ handler }) => askedBy(handler).permission ?? []);
    expect(permissions).toHaveLength(PUBLIC.includes(route) ? 0 : 1);
  });

  it("has operation ids that are words, each once", () => {
    const ids = valuesOf("operationId", document).map(String);
    expect(new Set(ids).size).toBe(names.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it("refers only to schemas that it has", () => {
    const references = new Set(valuesOf("$ref", document).map(String));
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...references].filter((reference) => !known.includes(reference))).toEqual([]);
    expect(references.size).toBeGreaterThan(Object.keys(answered).length / 2);
  });

  it("says what a body must hold, and that it holds nothing else", () => {
    expect(document.paths["/experiments"]?.["post"]?.requestBody?.content["application/json"]?.schema).toEqual({
      $ref: "#/components/schemas/NewExperiment",
    });
    expect(document.components.schemas["NewExperiment"]).toMatchObject({
      type: "object",
      required: ["name"],
      additionalProperties: false,
    });
  });

  it("says that conditions hold conditions", () => {
    const group = { $ref: "#/components/schemas/Condition" };
    expect(document.components.schemas["Condition"]?.anyOf).toEqual([
      { $ref: "#/components/schemas/SimpleCondition" },
      expect.objectContaining({ properties: { all: expect.objectContaining({ items: group }) }, required: ["all"] }),
      expect.objectContaining({ properties: { any: expect.objectContaining({ items: group }) }, required: ["any"] }),
      expect.objectContaining({ properties: { not: group }, required: ["not"] }),
    ]);
    expect(document.components.schemas["Rule"]?.properties?.["conditions"]).toMatchObject({ items: group });
  });

  it("says what lists and writes take beside their body", () => {
    expect(named("/experiments", "get")).toEqual(["query limit", "query cursor", "query status"]);
    expect(named("/flags/{key}/environments/{environment}", "patch")).toEqual([
      "path key",
      "path environment",
      "query dry_run",
      "header If-Match",
    ]);
    expect(named("/overrides", "get")).toEqual(["query limit", "query cursor", "query experiment", "query flag"]);
    expect(named("/experiments/{key}/status", "patch")).toEqual(["path key", "query dry_run", "header If-Match"]);
  });
});
