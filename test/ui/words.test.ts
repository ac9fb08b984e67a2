import { describe, expect, it } from "vitest";
import { SimpleCondition } from "../../contract/targeting.ts";
import { ExperimentStatus } from "../../contract/experiment.ts";
import { controlFirst, variantMark } from "../../ui/charts/variant-mark.ts";
import { matchingExperiments, statusCounts } from "../../ui/experiments/filter.ts";
import { statusActions, type Run } from "../../ui/experiments/status.ts";
import { conditionWords, ruleWords } from "../../ui/experiments/targeting-words.ts";
import { returnPath } from "../../ui/sign-in/return-path.ts";

describe("targeting in words", () => {
  it("reads as a sentence, conditions joined by and", () => {
    expect(
      ruleWords({
        conditions: [
          { attribute: "country", operator: "in", value: ["US", "CA"] },
          { attribute: "visits", operator: "gt", value: 1 },
          { operator: "in_audience", value: "returning_users" },
        ],
      }),
    ).toBe("country is one of “US”, “CA” and visits is more than 1 and in the audience returning_users");
  });

  it("puts groups in brackets, so that and and or are told apart", () => {
    const [one, two] = [
      { attribute: "app_version", operator: "semver_gte", value: "2.14" },
      { attribute: "plan", operator: "not_exists" },
    ] as const;
    expect(ruleWords({ conditions: [one, { any: [two, { all: [one, { not: two }] }] }] })).toBe(
      "app_version is a version from “2.14” and (plan is not known or (app_version is a version from “2.14” and not: plan is not known))",
    );
  });

  it("has words for every operator", () => {
    const operators = SimpleCondition.options.flatMap(({ shape }) => {
      const { operator } = shape;
      return "options" in operator ? operator.options : [...operator.values];
    });
    const words = operators.map((operator) => {
      // The words of a comparison do not look at what the value is.
      const attribute = operator.endsWith("audience") ? {} : { attribute: "it" };
      const value = operator.endsWith("exists") ? {} : { value: operator.endsWith("in") ? ["v"] : "v" };
      return conditionWords({ ...attribute, operator, ...value } as SimpleCondition);
    });
    expect(operators).toContain("matches");
    expect(new Set(words).size).toBe(operators.length);
    expect(words.join()).not.toContain("undefined");
  });
});

const DAY = 86_400_000;

const run = (change: Partial<Run> = {}): Run => ({
  status: "running",
  started_at: new Date(0).toISOString(),
  ended_at: null,
  estimated_duration_days: 14,
  analysis: { method: "fixed_horizon" },
  ...change,
});

const primary = (change: Partial<Run>, now: number) =>
  statusActions(run(change), now)
    .filter(({ kind }) => kind === "primary")
    .map(({ label }) => label);

const warning = (now: number, change: Partial<Run> = {}) =>
  statusActions(run(change), now).find(({ to }) => to === "completed")?.warning;

describe("the actions of a state", () => {
  it("have one that stands out at most, and before the planned end it is not Complete", () => {
    expect(primary({}, 5 * DAY)).toEqual([]);
    expect(primary({}, 14 * DAY)).toEqual(["Complete"]);
    expect(primary({ status: "paused" }, 5 * DAY)).toEqual(["Resume"]);
    expect(primary({ status: "paused" }, 14 * DAY)).toEqual(["Resume"]);
  });

  it("warn of ending a test before its planned end, until the last planned day is over", () => {
    expect(warning(14 * DAY - 1)).toBe(
      "This ends the test on day 14 of 14, before its planned end. Its result will be marked as ended early.",
    );
    expect(warning(14 * DAY)).toBeUndefined();
  });

  it("do not warn of ending an always-valid test early", () => {
    expect(warning(5 * DAY, { analysis: { method: "anytime" } })).toBeUndefined();
    expect(primary({ analysis: { method: "anytime" } }, 5 * DAY)).toEqual([]);
  });

  it("are the transitions that the platform allows", () => {
    const allowed = Object.fromEntries(
      ExperimentStatus.options.map((status) => [
        status,
        statusActions(run({ status }), 5 * DAY)
          .map(({ to }) => to)
          .sort(),
      ]),
    );
    expect(allowed).toEqual({
      draft: ["archived", "running"],
      running: ["completed", "paused"],
      paused: ["completed", "running"],
      completed: ["archived"],
      archived: [],
    });
  });
});

describe("a variant's mark", () => {
  it("is unlike that of every other of twenty variants", () => {
    const marks = Array.from({ length: 20 }, (_, index) => variantMark(index));
    expect(new Set(marks.map(({ colour, shape }) => `${colour} ${shape}`)).size).toBe(20);
  });

  it("gives the control the first one", () => {
    const variants = [
      { key: "b", is_control: false },
      { key: "a", is_control: true },
      { key: "c", is_control: false },
    ];
    expect(controlFirst(variants).map(({ key }) => key)).toEqual(["a", "b", "c"]);
    expect(variantMark(0)).toEqual({ colour: "var(--v0)", shape: "circle", dash: undefined });
  });
});

describe("the list's filter", () => {
  const experiments = [
    { name: "Checkout button", key: "checkout_button", status: "running" as const },
    { name: "Hero", key: "landing_hero", status: "draft" as const },
  ];

  it("looks in names and keys, whatever the case", () => {
    expect(matchingExperiments(experiments, undefined, " CHECK ")).toHaveLength(1);
    expect(matchingExperiments(experiments, undefined, "landing_")).toHaveLength(1);
    expect(matchingExperiments(experiments, "running", "hero")).toEqual([]);
  });

  it("shows archived ones only when asked to", () => {
    const archived = { name: "Old", key: "old", status: "archived" as const };
    expect(matchingExperiments([...experiments, archived], undefined, "")).toEqual(experiments);
    expect(matchingExperiments([...experiments, archived], "archived", "")).toEqual([archived]);
  });

  it("counts every status", () => {
    expect(statusCounts(experiments)).toEqual({ draft: 1, running: 1, paused: 0, completed: 0, archived: 0 });
  });
});

describe("the way back after signing in", () => {
  it.each([
    ["/experiments/a/results?environment=production", "/experiments/a/results?environment=production"],
    ["//evil.example", "/experiments"],
    ["/\\evil.example", "/experiments"],
    ["https://evil.example", "/experiments"],
    ["/sign-in", "/experiments"],
    [undefined, "/experiments"],
  ])("from %s is %s", (from, path) => {
    expect(returnPath(from)).toBe(path);
  });
});
