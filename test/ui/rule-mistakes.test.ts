import { describe, expect, it } from "vitest";
import { ApiError } from "../../ui/api/api-error.ts";
import { inRules } from "../../ui/flags/rule-mistakes.ts";

const messageAt = (path: string) =>
  inRules(
    new ApiError("No.", { status: 400, code: "invalid_request", errors: [{ path, message: "Use at most 1." }] }),
  ).errors.map(({ message }) => message);

describe("why rules were not saved", () => {
  it.each([
    ["environments.production.rules.1.rollout", "Rule 2, rollout: Use at most 1."],
    ["environments.eu-1.rules.0.conditions.2.value", "Rule 1, conditions.2.value: Use at most 1."],
    ["environments.production.rules.9", "Rule 10: Use at most 1."],
    ["environments.production.rules", "Use at most 1."],
    ["name", "Use at most 1."],
  ])("names the rule of %s", (path, message) => {
    expect(messageAt(path)).toEqual([message]);
  });

  it("says that a flag was changed, and not an experiment", () => {
    const stale = new ApiError("Somebody changed this experiment meanwhile.", { status: 409, code: "stale_revision" });
    expect(inRules(stale).message).toMatch(/^Somebody changed this flag meanwhile\./);
  });
});
