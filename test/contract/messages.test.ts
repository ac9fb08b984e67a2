import { describe, expect, it } from "vitest";
import { NewApiKey } from "../../contract/api-key.ts";
import { NewExperiment } from "../../contract/experiment.ts";
import { NewMetric } from "../../contract/metric.ts";
import { Credentials } from "../../contract/session.ts";

const messageAt = (
  result: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined },
  path: string,
) => result.error?.issues.find((issue) => issue.path.join(".") === path)?.message;

const experiment = (change: object) =>
  NewExperiment.safeParse({
    name: "a",
    variants: [
      { key: "a", weight: 50 },
      { key: "b", weight: 50 },
    ],
    ...change,
  });

describe("a mistake's message", () => {
  it.each([
    ["a missing field", experiment({ name: undefined }), "name", "This is needed."],
    ["an empty text", experiment({ name: " " }), "name", "This must not be empty."],
    ["a text for a number", experiment({ power: "0.8" }), "power", "Use a number."],
    ["a number for a text", experiment({ hypothesis: 5 }), "hypothesis", "Use text."],
    ["too few", experiment({ variants: [{ key: "a", weight: 100 }] }), "variants", "Give at least 2."],
    ["too much", experiment({ traffic: 1.5 }), "traffic", "Use at most 1."],
    ["nothing where more is needed", experiment({ traffic: 0 }), "traffic", "Use more than 0."],
    ["half a day", experiment({ estimated_duration_days: 1.5 }), "estimated_duration_days", "Use a whole number."],
    [
      "an unknown type",
      NewApiKey.safeParse({ name: "a", type: "root" }),
      "type",
      'Use one of "client", "server", "admin".',
    ],
    [
      "a metric without its event",
      NewMetric.safeParse({ name: "a", type: "sum" }),
      "event",
      "A sum metric needs event.",
    ],
    ["no address", Credentials.safeParse({ email: "me", password: "x" }), "email", "Use an e-mail address."],
  ])("says what to do about %s", (_what, result, path, message) => {
    expect(messageAt(result, path)).toBe(message);
  });
});
