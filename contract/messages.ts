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

const sized = (origin: string, bound: string, limit: number | bigint): string => {
  if (origin === "string") return `Use ${bound} ${limit} character${limit === 1 ? "" : "s"}.`;
  if (origin === "array" || origin === "set" || origin === "map") return `Give ${bound} ${limit}.`;
  return `Use ${bound} ${limit}.`;
};

/** What a mistake's message says where the schema has no words of its own: what to do, in plain words. */
const messageOf = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "This is needed.";
      return `Use ${EXPECTED[issue.expected] ?? issue.expected}.`;
    case "invalid_value":
      if (issue.input === undefined) return "This is needed.";
      return `Use ${issue.values.length === 1 ? "" : "one of "}${issue.values.map((value) => JSON.stringify(value)).join(", ")}.`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "This must not be empty.";
      return sized(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return sized(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_format":
      return issue.format === "email" ? "Use an e-mail address." : undefined;
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
  }
  // zod's own words.
  return undefined;
};

z.config({ customError: messageOf });
