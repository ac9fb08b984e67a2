import * as fc from "fast-check";
import type { JsonValue } from "../../contract/json.ts";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import type { Ruleset, RulesetExperiment, RulesetFlag, RulesetFlagRule } from "../../contract/ruleset.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import { encodeIdList } from "../../core/id-list.ts";
import { unitHash } from "../../core/unit-hash.ts";
import { aMetric } from "./a-ruleset.ts";

/** Few of everything, so that requests often meet what rulesets say. Some are named like what every object has. */
export const UNITS = ["u1", "u2", "u3", "ü4", "__proto__"];
export const UNIT_TYPES = ["user_id", "device_id", "company_id"];
export const NOW = 1_750_000_000_000;
const HOUR = 3_600_000;

export const COUNTRIES = ["US", "CA", "AT", "constructor"];
export const PLANS = ["free", "pro", "__proto__"];
const AUDIENCES = ["returning", "listed", "nested"];
export const VARIANTS = ["control", "treatment", "constructor"];

const scalar = fc.constantFrom<(string | number | boolean)[]>(...COUNTRIES, ...PLANS, 1, 2, 3, true, "1");
const attribute = fc.constantFrom("country", "plan", "visits", "account.plan", "user_id", "__proto__", "constructor");

const simpleCondition: fc.Arbitrary<Condition> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      attribute: fc.constant("country"),
      operator: fc.constant("in" as const),
      value: fc.uniqueArray(fc.constantFrom(...COUNTRIES), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      attribute: fc.constant("plan"),
      operator: fc.constant("eq" as const),
      value: fc.constantFrom(...PLANS),
    }),
  },
  fc.record({ attribute, operator: fc.constantFrom("eq" as const, "neq" as const), value: scalar }),
  fc.record({
    attribute,
    operator: fc.constantFrom("in" as const, "not_in" as const),
    value: fc.array(scalar, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    attribute: fc.constant("visits"),
    operator: fc.constantFrom("gt" as const, "gte" as const, "lt" as const, "lte" as const),
    value: fc.integer({ min: 0, max: 4 }),
  }),
  fc.record({ attribute, operator: fc.constantFrom("exists" as const, "not_exists" as const) }),
  fc.record({
    operator: fc.constantFrom("in_audience" as const, "not_in_audience" as const),
    value: fc.constantFrom(...AUDIENCES, "missing"),
  }),
);

const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 8, arbitrary: simpleCondition },
    fc.record({ all: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie("any") }),
  ),
})).any;

const unknownCondition: fc.Arbitrary<Condition> = fc.constant(
  JSON.parse('{"attribute":"plan","operator":"sounds_like","value":"pro"}') as Condition,
);

const rules: fc.Arbitrary<Rule[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Rule[]>([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        conditions: fc.array(
          fc.oneof({ weight: 30, arbitrary: condition }, { weight: 1, arbitrary: unknownCondition }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
);

const payload: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue[]>(
  null,
  null,
  "text",
  1,
  true,
  { colour: "green", list: [1, "a\u007F"] },
  JSON.parse('{"__proto__": 1}') as JsonValue,
);

const weights = fc.constantFrom([5_000, 5_000], [10_000, 0], [3_333, 3_333, 3_334], [1, 9_999], [4_000, 4_000]);

/** Optional fields stay out rather than being undefined. */
const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } =>
  (value === undefined ? {} : { [key]: value }) as { [key in Key]?: Value };

/** The first one nine times out of ten. */
const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const rarely = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Prerequisites look back only, so that there is no cycle. */
const prerequisitesOf = (experiments: readonly string[], flags: readonly string[]): fc.Arbitrary<Prerequisite[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        flag: fc.constantFrom(...flags, "missing"),
        value: fc.constantFrom<JsonValue[]>(true, "a", { b: 1 }),
      }),
      fc.record({
        experiment: fc.constantFrom(...experiments, "missing"),
        variants: fc.uniqueArray(fc.constantFrom(...VARIANTS), { minLength: 1 }),
      }),
    ),
    { minLength: 1, maxLength: 2 },
  );

const slots = mostly<number[][]>(
  [[0, 9_999]],
  [[0, 4_999]],
  [
    [1_000, 2_999],
    [6_000, 8_999],
  ],
  [[2_000, 7_000]],
  [],
);

const experimentOf = (index: number, flags: readonly string[]): fc.Arbitrary<RulesetExperiment> => {
  const before = Array.from({ length: index }, (_, each) => keyOfExperiment(each));
  return fc
    .record({
      id: fc.constantFrom(`exp_01K9ABCDEF${String(index).padStart(8, "GH")}`, `id-${index}`),
      type: fc.constantFrom("ab" as const, "ab" as const, "split_url" as const, "interleaving" as const),
      status: mostly("running" as const, "paused" as const, "completed" as const),
      hasOwnSalt: fc.boolean(),
      layer: mostly(undefined, "shared-a", "shared-a", "shared-b"),
      unit_type: mostly("user_id", ...UNIT_TYPES),
      slots,
      weights,
      payloads: fc.array(payload, { minLength: 3, maxLength: 3 }),
      derivesIds: fc.boolean(),
      rules,
      phases: fc.constantFrom<RulesetExperiment["phases"][]>(
        [{ number: 1, started_at: NOW - index * HOUR }],
        [
          { number: 1, started_at: 5 },
          { number: 2, started_at: 9 },
        ],
        [],
      ),
      metrics: fc.constantFrom<RulesetExperiment["metrics"][]>([], [{ id: "m1", role: "primary" as const }]),
      url: fc.constantFrom(null, null, "/shop"),
      starts_at: rarely(fc.constantFrom(NOW - HOUR, NOW, NOW + HOUR)),
      ends_at: rarely(fc.constantFrom(NOW - HOUR, NOW, NOW + HOUR)),
      prerequisites: rarely(prerequisitesOf(before, flags)),
      is_sticky: rarely(fc.constant(true as const)),
      is_server_only: rarely(fc.constant(true as const)),
      switchback_minutes: rarely(fc.constantFrom(30, 60)),
      burn_in_minutes: rarely(fc.constant(5)),
      dimensions: rarely(fc.constantFrom<string[][]>(["country"], ["edge.device", "plan"])),
      watched: rarely(fc.constant<string[]>(["id-0", "id-1"])),
      member_type: rarely(fc.constantFrom<string[]>("user_id", "device_id")),
    })
    .map((made): RulesetExperiment => {
      const salt = made.hasOwnSalt ? `salt-${index}` : made.id.slice(-8).toLowerCase();
      const width = 1_900;
      return {
        id: made.id,
        key: keyOfExperiment(index),
        type: made.type,
        status: made.status,
        salt,
        unit_type: made.layer ? "user_id" : made.unit_type,
        layer_salt: made.layer ?? `${salt}/traffic`,
        slots: (made.layer ? [[index * width, (index + 1) * width - 1]] : made.slots).map(([start = 0, end = 0]) => ({
          range_start: start,
          range_end: end,
        })),
        url: made.url,
        variants: made.weights.map((weight_bp, place) => ({
          id: made.derivesIds ? `var_${made.id.replace(/^exp_/, "")}_${place + 1}` : `v-${index}-${place}`,
          key: VARIANTS[place] ?? "",
          weight_bp,
          is_control: place === 0,
          config: made.payloads[place] ?? null,
        })),
        rules: made.rules,
        phases: made.phases,
        metrics: made.metrics,
        ...given("starts_at", made.starts_at),
        ...given("ends_at", made.ends_at),
        ...given("prerequisites", made.prerequisites),
        ...given("is_sticky", made.is_sticky),
        ...given("is_server_only", made.is_server_only),
        ...given("switchback_minutes", made.switchback_minutes),
        ...given("burn_in_minutes", made.burn_in_minutes),
        ...given("dimensions", made.dimensions),
        ...given("watched", made.watched),
        ...given("member_type", made.member_type),
      };
    });
};

export const keyOfExperiment = (index: number): string => ["constructor", "__proto__"][index] ?? `e${index}`;
export const keyOfFlag = (index: number): string => ["toString", "__proto__"][index] ?? `f${index}`;

const VALUES: JsonValue[] = [true, false, "a", "b", { b: 1 }, null];

const flagRuleOf = (experiments: readonly string[]): fc.Arbitrary<RulesetFlagRule> =>
  fc
    .record({
      name: fc.constantFrom("", "", "named"),
      conditions: fc.array(fc.oneof({ weight: 20, arbitrary: condition }, unknownCondition), { maxLength: 2 }),
      value: fc.constantFrom(...VALUES),
      variant: rarely(fc.constant("blue")),
      kind: fc.constantFrom("value", "rollout", "rollout", "experiment", "experiment"),
      rollout: fc.record({
        share_bp: fc.constantFrom(0, 2_500, 5_000, 10_000),
        salt: fc.constantFrom("r1", "r2"),
        unit_type: fc.constantFrom(...UNIT_TYPES),
        schedule: fc.constantFrom<NonNullable<RulesetFlagRule["rollout"]>["schedule"][]>(
          [],
          [
            { at: NOW - HOUR, share_bp: 4_000 },
            { at: NOW, share_bp: 6_000 },
            { at: NOW + HOUR, share_bp: 10_000 },
          ],
        ),
      }),
      experiment: fc.constantFrom(...experiments, "missing"),
      values: fc.constantFrom<Record<string, JsonValue>[]>(
        { control: false, treatment: true, constructor: "c" },
        { treatment: { b: 1 } },
      ),
    })
    .map(({ name, conditions, value, variant, kind, rollout, experiment, values }): RulesetFlagRule => ({
      name,
      conditions,
      ...(kind === "experiment"
        ? { experiment: { key: experiment, values } }
        : { value, ...given("variant", variant) }),
      ...(kind === "rollout" && { rollout }),
    }));

const flagOf = (index: number, experiments: readonly string[]): fc.Arbitrary<RulesetFlag> =>
  fc
    .record({
      enabled: mostly(true, false),
      default_value: fc.constantFrom(...VALUES),
      off_value: rarely(fc.constantFrom(...VALUES)),
      variants: fc.constantFrom<Record<string, JsonValue>[]>({}, { first: "a", second: { b: 1 } }),
      rules: fc.array(flagRuleOf(experiments), { maxLength: 3 }),
      prerequisites: fc.oneof(
        { weight: 9, arbitrary: fc.constant<Prerequisite[]>([]) },
        prerequisitesOf(
          [],
          Array.from({ length: index }, (_, each) => keyOfFlag(each)),
        ),
      ),
      is_server_only: rarely(fc.constant(true as const)),
    })
    .map(({ off_value, is_server_only, ...made }): RulesetFlag => ({
      id: `flag-${index}`,
      key: keyOfFlag(index),
      type: "object",
      unit_type: "user_id",
      metadata: { owner: "a" },
      ...made,
      ...given("off_value", off_value),
      ...given("is_server_only", is_server_only),
    }));

const override = (experiments: readonly string[], flags: readonly string[]) =>
  fc
    .record({
      isFlag: fc.boolean(),
      experiment: fc.constantFrom(...experiments, "missing"),
      flag: fc.constantFrom(...flags, "missing"),
      unit_type: fc.constantFrom(...UNIT_TYPES),
      unit: fc.constantFrom(...UNITS),
      variant: fc.constantFrom(...VARIANTS, "gone"),
      value: fc.constantFrom(...VALUES),
    })
    .map(({ isFlag, experiment, flag, unit_type, unit, variant, value }) => ({
      ...(isFlag ? { flag, value } : { experiment, variant }),
      unit_type,
      unit_hash: unitHash(unit_type, unit),
    }));

const holdout = (experiments: readonly string[], flags: readonly string[]) =>
  fc.record({
    key: fc.constantFrom("h1", "h2"),
    unit_type: fc.constantFrom(...UNIT_TYPES),
    salt: fc.constantFrom("h-salt-1", "h-salt-2"),
    share_bp: fc.constantFrom(500, 5_000, 10_000),
    covers: fc.oneof(
      { weight: 1, arbitrary: fc.constant(null) },
      {
        weight: 3,
        arbitrary: fc.record({ experiments: fc.subarray([...experiments]), flags: fc.subarray([...flags]) }),
      },
    ),
  });

const audiences = fc
  .record({ returning: rules, listed: rules, nested: rules })
  .map(({ returning, listed, nested }): Ruleset["audiences"] => [
    // These ask for no audience: what an audience inside itself is, is the business of targeting.
    { key: "returning", rules: withoutAudiences(returning) },
    {
      key: "listed",
      rules: withoutAudiences(listed),
      ids: { attribute: "user_id", list: encodeIdList(["u1", "ü4"]) },
    },
    {
      key: "nested",
      rules: [...withoutAudiences(nested), { conditions: [{ operator: "in_audience", value: "listed" }] }],
    },
  ]);

const withoutAudiences = (given: Rule[]): Rule[] => (JSON.stringify(given).includes("audience") ? [] : given);

const METRICS: Ruleset["metrics"] = [
  aMetric({ id: "m1" }),
  aMetric({
    id: "m2",
    key: "price",
    type: "ratio",
    numerator: { event: "purchase", value: "price", filters: [{ property: "kind", operator: "in", value: ["a", 1] }] },
    denominator: { event: "visit", value: null, filters: [{ property: "bot", operator: "not_exists" }] },
    cap: 500,
    cap_percentile: 0.99,
    window_hours: 24,
  }),
  aMetric({ id: "m3", key: "back", type: "retention", retention_days: [1, 7] }),
  aMetric({ id: "m4", key: "slow", type: "quantile", quantile: 0.99 }),
];

/**
 * Rulesets with everything in them. Prerequisites and flags' rules look at experiments and flags of a lower number, so that
 * there is no cycle: flags 0–1 ask for nothing but flags, experiments 0–4 for flags 0–1, flags 2–3 for experiments.
 */
export const anyRuleset: fc.Arbitrary<Ruleset> = fc.noBias(
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4 })).chain(([experimentCount, flagCount]) => {
    const experiments = Array.from({ length: experimentCount }, (_, index) => keyOfExperiment(index));
    const flags = Array.from({ length: flagCount }, (_, index) => keyOfFlag(index));
    return fc
      .record({
        environment: fc.constant("production"),
        enabled: mostly(true, false),
        generation: fc.nat(5),
        shards: fc.constantFrom(1, 8),
        keys: fc.constant<Ruleset["keys"]>([]),
        audiences,
        holdouts: fc.oneof(
          { weight: 2, arbitrary: fc.constant<Ruleset["holdouts"]>([]) },
          fc.array(holdout(experiments, flags), { maxLength: 2 }),
        ),
        experiments: fc.tuple(...experiments.map((_, index) => experimentOf(index, flags.slice(0, 2)))),
        flags: fc.tuple(...flags.map((_, index) => flagOf(index, index < 2 ? [] : experiments))),
        overrides: fc.array(override(experiments, flags), { maxLength: 3 }),
        metrics: fc.subarray(METRICS),
        unit_id_salt: rarely(fc.constant("unit-salt")),
      })
      .map(({ unit_id_salt, ...ruleset }): Ruleset => ({ ...ruleset, ...given("unit_id_salt", unit_id_salt) }));
  }),
);
