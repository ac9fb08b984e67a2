import { describe, expect, it } from "vitest";
import type { RulesetExperiment } from "../../contract/ruleset.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { evaluateExperiment, evaluateExperiments } from "../../core/evaluate.ts";
import { bucketOf, stateOf } from "../../core/bucket.ts";
import { CompiledExperiments } from "../../core/compile-experiments.ts";
import { seededRandom } from "../random.ts";
import { aRuleset, anExperiment } from "./a-ruleset.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const countries = Array.from({ length: 30 }, (_, index) => `C${index}`);
const plans = ["free", "pro", "team"];

/** Thousands of experiments as they are in practice: derived salts, few distinct targetings, now and then something rare. */
const manyExperiments = (count: number, seed: number): RulesetExperiment[] => {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  const targetings = Array.from({ length: 40 }, () => [
    {
      conditions: [
        {
          attribute: "country",
          operator: "in" as const,
          value: [...new Set(Array.from({ length: 5 }, () => countries[pick(30)] ?? ""))],
        },
        { attribute: "plan", operator: "eq" as const, value: plans[pick(3)] ?? "" },
      ],
    },
  ]);
  let shared = 0;
  return Array.from({ length: count }, (_, index) => {
    const tail = Array.from({ length: 8 }, () => CROCKFORD.charAt(pick(32))).join("");
    const salt = tail.toLowerCase();
    const isShared = pick(10) === 0;
    const slot = Math.floor(shared / 7) * 150;
    const layer = `layer-${shared % 7}`;
    if (isShared) shared++;
    return anExperiment({
      id: `exp_01K9${String(index).padStart(6, "0")}${tail}`,
      key: `experiment_number_${index}`,
      salt,
      layer_salt: isShared ? layer : `${salt}/traffic`,
      slots: isShared
        ? [{ range_start: slot, range_end: slot + 149 }]
        : [{ range_start: 0, range_end: pick(4) === 0 ? 4_999 : 9_999 }],
      unit_type: pick(5) === 0 && !isShared ? "device_id" : "user_id",
      rules: pick(20) === 0 ? [] : (targetings[pick(40)] ?? []),
      status: pick(20) === 0 ? "paused" : "running",
      ...(pick(50) === 0 && { starts_at: 5_000 + pick(2) * 10_000 }),
    });
  });
};

describe("thousands of experiments", () => {
  it("are decided all at once as they are one by one, in stored order", () => {
    const experiments = manyExperiments(4_000, 51);
    const compiled = compile(encodeRuleset(aRuleset({ experiments })));
    const random = seededRandom(52);
    for (let user = 0; user < 25; user++) {
      const input = {
        units: { user_id: `user-${user}`, device_id: `device-${user}` },
        context: { country: countries[Math.floor(random() * 30)] ?? "", plan: plans[user % 3] ?? "" },
        now: 10_000,
      };
      const oneByOne = experiments
        .map(({ key }) => evaluateExperiment(compiled, key, input))
        .filter(({ variant_key }) => variant_key !== null);
      expect(oneByOne.length).toBeGreaterThan(50);
      expect(evaluateExperiments(compiled, input)).toEqual(oneByOne);
    }
  });
});

describe("the variants of a million units", () => {
  // Each of the bounds below is the 1 − 1e-6 quantile of χ² (scipy.stats.chi2.ppf(1 - 1e-6, df)), so that one in 5,000 seeds
  // would fail by chance.
  const UNITS = 1_000_000;
  const SALTS = 50;
  const { experiments } = encodeRuleset(
    aRuleset({
      experiments: Array.from({ length: SALTS }, (_, index) =>
        anExperiment({ key: `e${index}`, salt: `s${index}alt`, layer_salt: `s${index}alt/traffic` }),
      ).map((experiment) => ({
        ...experiment,
        variants: [2_500, 2_500, 5_000].map((weight_bp, place) => ({
          id: `v${place}`,
          key: `v${place}`,
          weight_bp,
          is_control: place === 0,
          config: null,
        })),
      })),
    }),
  );
  const compiled = new CompiledExperiments(experiments);
  /** Counts by salt, layer quarter and variant; and by salt, its variant and the next salt's. */
  const byLayer = new Float64Array(SALTS * 4 * 3);
  const byNext = new Float64Array(SALTS * 3 * 3);
  for (let number = 0; number < UNITS; number++) {
    const unit = `user-${number}`;
    const state = stateOf(unit);
    const first = compiled.variantOf(0, state);
    let variant = first;
    for (let place = 0; place < SALTS; place++) {
      const next = place + 1 < SALTS ? compiled.variantOf(place + 1, state) : first;
      const quarter = Math.floor(bucketOf(unit, `s${place}alt/traffic`) / 2_500);
      const layerCell = (place * 4 + quarter) * 3 + variant;
      const nextCell = (place * 3 + variant) * 3 + next;
      byLayer[layerCell] = (byLayer[layerCell] ?? 0) + 1;
      byNext[nextCell] = (byNext[nextCell] ?? 0) + 1;
      variant = next;
    }
  }
  const shares = [0.25, 0.25, 0.5];

  /** χ² of the counts of one salt against what independence and the weights would give. */
  const chiSquaredOf = (counts: Float64Array, salt: number, rows: readonly number[]): number =>
    rows
      .flatMap((row, at) => shares.map((share, variant) => [row * share * UNITS, at * 3 + variant] as const))
      .reduce(
        (sum, [expected, cell]) => sum + ((counts[salt * rows.length * 3 + cell] ?? 0) - expected) ** 2 / expected,
        0,
      );

  const worst = (counts: Float64Array, rows: readonly number[]): number =>
    Math.max(...Array.from({ length: SALTS }, (_, salt) => chiSquaredOf(counts, salt, rows)));

  it("have the shares that the weights say, whatever bucket of the layer the units have", () => {
    // 12 cells of known expectation: chi2.ppf(1 - 1e-6, 11) = 48.9
    expect(worst(byLayer, [0.25, 0.25, 0.25, 0.25])).toBeLessThan(48.9);
  });

  it("are independent of their variants in another experiment", () => {
    // 9 cells of known expectation: chi2.ppf(1 - 1e-6, 8) = 42.7
    expect(worst(byNext, shares)).toBeLessThan(42.7);
  });
});
