import { describe, expect, it } from "vitest";
import { ExperimentChange, NewExperiment, NewPhase } from "../../contract/experiment.ts";
import { VariantsQuery } from "../../contract/page.ts";

const variants = [
  { key: "a", weight: 50 },
  { key: "b", weight: 50 },
];
const factors = [{ key: "color", levels: [{ key: "red" }, { key: "blue" }] }];
const pathsOf = (schema: typeof NewExperiment | typeof ExperimentChange | typeof NewPhase, value: object) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join(".")) ?? [];

describe("a new experiment", () => {
  it.each([
    [{ variants }],
    [{ factors }],
    [{ variants, type: "interleaving" }],
    [{ variants, unit_type: "company_id", switchback: { window_minutes: 60 } }],
    [{ variants, starts_at: "2026-01-01T00:00:00Z", ends_at: "2026-01-02T00:00:00Z" }],
    [
      {
        variants,
        unit_type: "company_id",
        member_type: "user_id",
        switchback: { window_minutes: 60, burn_in_minutes: 59 },
        dimensions: ["country", "edge.device", "plan"],
      },
    ],
    [{ variants, watch: ["other", "exp_01K9ABCDEFGHJKMNPQ"] }],
    [{ variants, starts_at: null, ends_at: null, switchback: null }],
    [
      {
        variants,
        prerequisites: [
          { flag: "on", value: true },
          { experiment: "other", variants: ["a"] },
        ],
      },
    ],
  ])("may say %j", (fields) => {
    expect(pathsOf(NewExperiment, { name: "x", ...fields })).toEqual([]);
  });

  it.each([
    ["variants", {}],
    ["variants", { variants, factors }],
    ["variants", { factors, type: "interleaving" }],
    ["variants", { variants: [...variants, { key: "c", weight: 0 }], type: "interleaving" }],
    ["ends_at", { variants, starts_at: "2026-01-02T00:00:00Z", ends_at: "2026-01-02T00:00:00Z" }],
    ["starts_at", { variants, starts_at: "tomorrow" }],
    ["factors", { factors, type: "split_url", url: "/a" }],
    ["switchback", { variants, type: "split_url", url: "/a", switchback: { window_minutes: 60 } }],
    ["switchback.window_minutes", { variants, switchback: { window_minutes: 0 } }],
    ["layer", { variants, layer: "shared", switchback: { window_minutes: 60 } }],
    ["sticky", { variants, sticky: true, switchback: { window_minutes: 60 } }],
    ["switchback.burn_in_minutes", { variants, switchback: { window_minutes: 60, burn_in_minutes: 60 } }],
    ["switchback", { variants, type: "interleaving", switchback: { window_minutes: 60 } }],
    ["watch", { variants, watch: ["other"], switchback: { window_minutes: 60 } }],
    ["dimensions", { variants, dimensions: ["country", "plan", "country"] }],
    ["dimensions", { variants, dimensions: Array.from({ length: 9 }, (_, index) => `d${index}`) }],
    ["dimensions.0", { variants, dimensions: [" "] }],
    ["member_type", { variants, member_type: "User" }],
    ["factors.1.key", { factors: [...factors, ...factors] }],
    ["factors.0.levels", { factors: [{ key: "one", levels: [{ key: "a" }] }] }],
    ["factors.0.levels.1.key", { factors: [{ key: "one", levels: [{ key: "a" }, { key: "a" }] }] }],
    ["factors.0.levels.1.weight", { factors: [{ key: "one", levels: [{ key: "a", weight: 1 }, { key: "b" }] }] }],
  ])("is told what is wrong with %s", (path, fields) => {
    expect(pathsOf(NewExperiment, { name: "x", ...fields })).toEqual([path]);
  });

  it("has at most 64 cells", () => {
    const levels = Array.from({ length: 9 }, (_, index) => ({ key: `l${index}` }));
    expect(
      pathsOf(NewExperiment, {
        name: "x",
        factors: [
          { key: "a", levels },
          { key: "b", levels },
        ],
      }),
    ).toEqual(["factors"]);
  });
});

describe("a change to an experiment", () => {
  it("may take back what a draft may do without", () => {
    const taken = {
      starts_at: null,
      ends_at: null,
      switchback: null,
      primary_metric: null,
      min_detectable_effect: null,
      layer: null,
      url: null,
    };
    expect(ExperimentChange.safeParse(taken).data).toEqual(taken);
  });

  it.each(["name", "variants", "factors", "targeting", "environments", "sticky"])("cannot take back %s", (field) => {
    expect(pathsOf(ExperimentChange, { [field]: null })).toEqual([field]);
  });

  it("gives variants or factors, not both", () => {
    expect(pathsOf(ExperimentChange, { variants, factors })).toEqual(["factors"]);
  });
});

describe("a new phase", () => {
  it.each([
    ["reason", { reshuffle: true }],
    ["reason", { reshuffle: true, reason: "  " }],
    ["weights", { reason: "x", weights: { a: 50, b: 49.99 } }],
    ["slots", { reason: "x", traffic: 1, slots: [{ range_start: 0, range_end: 1 }] }],
    ["reshuffle", { reason: "x", reshuffle: false }],
    ["traffic", { reason: "x", traffic: 0 }],
    ["", { reason: "x", salt: "mine" }],
  ])("is told what is wrong with %s: %j", (path, phase) => {
    expect(pathsOf(NewPhase, phase)).toEqual([path]);
  });
});

describe("a cursor of variants", () => {
  it.each([`var_${"0".repeat(18)}`, `var_${"Z".repeat(26)}`, `var_${"0".repeat(18)}_1`, `var_${"A".repeat(26)}_64`])(
    "may be %s",
    (cursor) => {
      expect(VariantsQuery.safeParse({ cursor }).success).toBe(true);
    },
  );

  it.each(["1", `exp_${"0".repeat(18)}`, `var_${"0".repeat(18)}_0`, `var_${"0".repeat(19)}`, `var_${"0".repeat(18)}_`])(
    "is never %s",
    (cursor) => {
      expect(VariantsQuery.safeParse({ cursor }).success).toBe(false);
    },
  );
});
