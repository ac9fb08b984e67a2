import { z } from "zod";

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const wordFor = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_type" ? (EXPECTED[issue.expected] ?? issue.expected) : "";

/** What a field that is missing is told. */
export const NEEDED = "This is needed.";

const oneOf = (values: readonly unknown[]): string =>
  `${values.length === 1 ? "" : "one of "}${values.map((value) => JSON.stringify(value)).join(", ")}`;

/** `text`, `text or a number`, `text, a number, true or false or a list`. */
const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const sized = (origin: string, bound: string, limit: number | bigint): string => {
  if (origin === "string") return `Use ${bound} ${limit} character${limit === 1 ? "" : "s"}.`;
  if (origin === "array" || origin === "set" || origin === "map") return `Give ${bound} ${limit}.`;
  return `Use ${bound} ${limit}.`;
};

/** What a mistake's message says where the schema has no words of its own: what to do, in plain words. */
const messageOf = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return NEEDED;
      return `Use ${EXPECTED[issue.expected] ?? issue.expected}.`;
    case "invalid_value":
      if (issue.input === undefined) return NEEDED;
      return `Use ${oneOf(issue.values)}.`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "This must not be empty.";
      return sized(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return sized(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_format":
      if (issue.format === "datetime") return "Use an instant in UTC, such as 2026-01-31T09:00:00Z.";
      return issue.format === "email" ? "Use an e-mail address." : undefined;
    case "invalid_union": {
      if (issue.input === undefined) return NEEDED;
      if (issue.discriminator !== undefined && Array.isArray(issue["options"]))
        return `Use ${oneOf(issue["options"])}.`;
      const expected = issue.errors.flat().filter((each) => each.code === "invalid_type" && each.path.length === 0);
      return expected.length === 0 ? undefined : `Use ${anyOf([...new Set(expected.map((each) => wordFor(each)))])}.`;
    }
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
  }
  // zod's own words.
  return undefined;
};

z.config({ customError: messageOf });
