import { expect } from "vitest";
import type { JsonValue } from "../../../contract/json.ts";

/** How a flag is asked for: the typed call of the SDK, and the default in the caller's code. */
export interface Question {
  readonly type: "Boolean" | "String" | "Integer" | "Float" | "Object";
  readonly key: string;
  readonly fallback: JsonValue;
}

/** What a row of a scenario says of the evaluation's details, and the value; what it does not name may be anything. */
export interface Expected {
  readonly value: JsonValue;
  readonly reason?: string;
  readonly variant?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly flagKey?: string;
  readonly flagMetadata?: Readonly<Record<string, string | number | boolean>>;
}

export interface Scenario extends Question {
  readonly title: string;
  readonly context: Readonly<Record<string, JsonValue>>;
  readonly expected: Expected;
}

type Row = readonly [type: Question["type"], key: string, fallback: JsonValue, expected: Expected];

const rows = (
  title: string,
  context: Scenario["context"],
  all: Omit<Expected, "value">,
  table: readonly Row[],
): readonly Scenario[] =>
  table.map(([type, key, fallback, expected]) => ({
    title: `${title}: ${type} ${key}`,
    type,
    key,
    fallback,
    context,
    expected: { ...all, ...expected },
  }));

const template = { showImages: true, title: "Check out these pics!", imagesPerPage: 100 };

const resolved: readonly Row[] = [
  ["Boolean", "boolean-flag", false, { value: true }],
  ["String", "string-flag", "bye", { value: "hi" }],
  ["Integer", "integer-flag", 1, { value: 10 }],
  ["Float", "float-flag", 0.1, { value: 0.5 }],
  ["Object", "object-flag", {}, { value: template }],
];

const named: readonly Row[] = [
  ["Boolean", "boolean-flag", false, { value: true, variant: "on" }],
  ["String", "string-flag", "bye", { value: "hi", variant: "greeting" }],
  ["Integer", "integer-flag", 1, { value: 10, variant: "ten" }],
  ["Float", "float-flag", 0.1, { value: 0.5, variant: "half" }],
  ["Object", "object-flag", {}, { value: template, variant: "template" }],
];

const targetedZero: readonly Row[] = [
  ["Boolean", "boolean-targeted-zero-flag", true, { value: false }],
  ["String", "string-targeted-zero-flag", "hi", { value: "" }],
  ["Integer", "integer-targeted-zero-flag", 1, { value: 0 }],
  ["Float", "float-targeted-zero-flag", 0.1, { value: 0 }],
  ["Object", "object-targeted-zero-flag", { a: 1 }, { value: {} }],
];

const missing: readonly Row[] = [
  ["Boolean", "non-existent-flag", false, { value: false }],
  ["String", "non-existent-flag", "bye", { value: "bye" }],
  ["Integer", "non-existent-flag", 1, { value: 1 }],
  ["Float", "non-existent-flag", 0.1, { value: 0.1 }],
  ["Object", "non-existent-flag", { a: 1 }, { value: { a: 1 } }],
];

const metadata = { string: "1.0.2", integer: 2, float: 0.1, boolean: true };

/**
 * The scenarios of the OpenFeature specification's `evaluation_v2.feature` that a provider can be asked, a row each. Left
 * out are those about the SDK alone (a provider that is not ready, fatal or stale; hooks in options; immutability), and
 * reason CACHED, which a provider that asks every time never has.
 */
export const evaluationScenarios: readonly Scenario[] = [
  ...rows("Resolve values", {}, {}, resolved),
  ...rows("Resolves zero value", {}, { reason: "STATIC" }, [
    ["Boolean", "boolean-zero-flag", true, { value: false }],
    ["String", "string-zero-flag", "hi", { value: "" }],
    ["Integer", "integer-zero-flag", 1, { value: 0 }],
    ["Float", "float-zero-flag", 0.1, { value: 0 }],
    ["Object", "object-zero-flag", { a: 1 }, { value: {} }],
  ]),
  ...rows(
    "Resolves zero value with targeting",
    { email: "ballmer@macrosoft.com" },
    { reason: "TARGETING_MATCH" },
    targetedZero,
  ),
  ...rows(
    "Resolves zero value with targeting using default",
    { email: "ballmer@none.com" },
    { reason: "DEFAULT" },
    targetedZero,
  ),
  ...rows("Flag not found error", {}, { reason: "ERROR", errorCode: "FLAG_NOT_FOUND" }, missing),
  ...rows("Type mismatch error", {}, { reason: "ERROR", errorCode: "TYPE_MISMATCH" }, [
    ["String", "boolean-flag", "bye", { value: "bye" }],
    ["Boolean", "string-flag", false, { value: false }],
    ["Integer", "string-flag", 1, { value: 1 }],
    ["Object", "string-flag", {}, { value: {} }],
  ]),
  ...named.flatMap((row) =>
    rows("Complete evaluation details structure", {}, { reason: "STATIC", flagKey: row[1] }, [row]),
  ),
  ...rows("Flag metadata in evaluation details", {}, { flagMetadata: metadata }, [
    ["Boolean", "metadata-flag", true, { value: true }],
  ]),
  ...rows("Empty evaluation context", {}, { reason: "DEFAULT" }, targetedZero),
  ...rows("Null context values", { email: null }, { reason: "DEFAULT" }, targetedZero),
  ...rows(
    "Multiple context attributes targeting",
    { email: "ballmer@macrosoft.com", role: "admin", age: 65, customer: false },
    { reason: "TARGETING_MATCH" },
    [["String", "complex-targeted", "false", { value: "INTERNAL" }]],
  ),
  ...rows("Structure flag evaluation", {}, { reason: "STATIC" }, [["Object", "object-flag", {}, { value: template }]]),
  ...rows("Variant field population", {}, {}, named),
  ...rows("DISABLED reason", {}, { reason: "DISABLED" }, [
    ["Boolean", "boolean-disabled-flag", false, { value: false }],
    ["String", "string-disabled-flag", "bye", { value: "bye" }],
    ["Integer", "integer-disabled-flag", 1, { value: 1 }],
    ["Float", "float-disabled-flag", 0.1, { value: 0.1 }],
    ["Object", "object-disabled-flag", { a: 1 }, { value: { a: 1 } }],
  ]),
  ...rows("Error message in evaluation details", {}, { reason: "ERROR" }, [
    ["Boolean", "missing-flag", false, { value: false, errorMessage: "flag missing-flag not found" }],
  ]),
  ...rows("Default value type validation", {}, { errorCode: "TYPE_MISMATCH" }, [
    ["Boolean", "string-flag", false, { value: false }],
    ["String", "boolean-flag", "bye", { value: "bye" }],
    ["Integer", "boolean-flag", 1, { value: 1 }],
    ["Float", "boolean-flag", 0.1, { value: 0.1 }],
  ]),
  ...rows("Asynchronous flag evaluation", {}, {}, resolved),
];

/** `metadata.feature`: what is configured arrives with its types, and nothing arrives where nothing is. */
export const metadataScenarios: readonly Scenario[] = [
  ...rows("Returns metadata", {}, { flagMetadata: metadata }, [["Boolean", "metadata-flag", true, { value: true }]]),
  ...rows("Returns no metadata", {}, { flagMetadata: {} }, [
    ["Boolean", "boolean-flag", true, { value: true }],
    ["Integer", "integer-flag", 23, { value: 10 }],
    ["Float", "float-flag", 2.3, { value: 0.5 }],
    ["String", "string-flag", "value", { value: "hi" }],
  ]),
];

/** `hooks.feature`: the details that hooks get, and which of them run. */
export const hookScenarios: readonly (Question & {
  readonly title: string;
  readonly ran: readonly string[];
  readonly expected: Expected;
})[] = [
  {
    title: "Passes evaluation details to after and finally hooks",
    type: "Boolean",
    key: "boolean-flag",
    fallback: false,
    ran: ["before", "after", "finally"],
    expected: { flagKey: "boolean-flag", value: true, variant: "on", reason: "STATIC" },
  },
  {
    title: "Flag not found",
    type: "String",
    key: "missing-flag",
    fallback: "uh-oh",
    ran: ["before", "error", "finally"],
    expected: { flagKey: "missing-flag", value: "uh-oh", reason: "ERROR", errorCode: "FLAG_NOT_FOUND" },
  },
  {
    title: "Type error",
    type: "Integer",
    key: "wrong-flag",
    fallback: 13,
    ran: ["before", "error", "finally"],
    expected: { flagKey: "wrong-flag", value: 13, reason: "ERROR", errorCode: "TYPE_MISMATCH" },
  },
];

/** Not of the specification, but of its test flags: a flag without a default leaves it to the code. */
export const codeDefaultScenarios: readonly Scenario[] = rows("Flag without a default", {}, { reason: "DEFAULT" }, [
  ["Boolean", "null-default-flag", true, { value: true }],
  ["Boolean", "null-default-flag", false, { value: false }],
  ["Integer", "undefined-default-flag", 100, { value: 100 }],
]);

/** The row's claims for `toMatchObject`, but its value: there, `{}` would stand for every object. */
export const claimsOf = ({ errorMessage, ...claims }: Expected): object => ({
  ...claims,
  value: expect.anything(),
  ...(errorMessage === undefined ? {} : { errorMessage: expect.stringContaining(errorMessage) }),
});
