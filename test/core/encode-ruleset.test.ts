import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EncodedRuleset, FormerMetric } from "../../contract/encoded-ruleset.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { decodeRuleset } from "../../core/decode-ruleset.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { aMetric, aRuleset, anExperiment } from "./a-ruleset.ts";
import { anyRuleset } from "./any-ruleset.ts";

const throughText = (ruleset: Ruleset): Ruleset => decodeRuleset(JSON.parse(JSON.stringify(encodeRuleset(ruleset))));

const derivable = anExperiment({
  id: "exp_01K9ABCDEFGHJKMNPQ",
  salt: "ghjkmnpq",
  layer_salt: "ghjkmnpq/traffic",
  variants: [
    { id: "var_01K9ABCDEFGHJKMNPQ_1", key: "control", weight_bp: 5_000, is_control: true, config: null },
    { id: "var_01K9ABCDEFGHJKMNPQ_2", key: "treatment", weight_bp: 5_000, is_control: false, config: null },
  ],
});

/** A metric as rulesets had it before metrics had sides. */
const former = (change: Partial<FormerMetric>): FormerMetric => ({
  id: "m",
  key: "m",
  type: "conversion",
  event: "purchase",
  value: "price",
  cap: 5,
  window_hours: 24,
  ...change,
});

/** In Crockford's base 32, which leaves I, L, O and U out. */
const digits = (number: number, length: number): string =>
  number
    .toString(32)
    .replaceAll(/[a-v]/g, (digit) => "ABCDEFGHJKMNPQRSTVWXYZ".charAt(digit.charCodeAt(0) - 97))
    .padStart(length, "0");

describe("encodeRuleset", () => {
  it("keeps everything that a ruleset says", () => {
    fc.assert(
      fc.property(anyRuleset, (ruleset) => {
        expect(throughText(ruleset)).toEqual(ruleset);
      }),
      { seed: 31, numRuns: 1_000 },
    );
  });

  it("gives the same text for the same ruleset", () => {
    fc.assert(
      fc.property(anyRuleset, (ruleset) => {
        expect(JSON.stringify(encodeRuleset(structuredClone(ruleset)))).toBe(JSON.stringify(encodeRuleset(ruleset)));
      }),
      { seed: 32, numRuns: 100 },
    );
  });

  it("writes nothing that follows from an id", () => {
    const { experiments } = encodeRuleset(aRuleset({ experiments: [derivable, derivable] }));
    expect(experiments).toMatchObject({ salts: "", variant_ids: "", payloads: "", layers: [] });
    expect(throughText(aRuleset({ experiments: [derivable] }))).toEqual(aRuleset({ experiments: [derivable] }));
  });

  it("keeps ids, whether or not they are as they are made, and in any order", () => {
    const made = fc
      .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.nat(2 ** 31 - 1))
      .map(([time, random]) => `exp_${digits(time, 10)}${digits(random, 8)}`);
    const ids = fc.oneof(
      fc.array(made).map((all) => all.toSorted()),
      fc.array(made),
      fc.array(
        fc.oneof({ weight: 9, arbitrary: made }, fc.constantFrom("", "exp_", "exp_01k9abcdefghjkmnpq", "other")),
      ),
    );
    fc.assert(
      fc.property(ids, (all) => {
        const ruleset = aRuleset({ experiments: all.map((id) => anExperiment({ id })) });
        expect(throughText(ruleset)).toEqual(ruleset);
      }),
      { seed: 33, numRuns: 300 },
    );
  });

  it("keeps texts that hold the separator of columns", () => {
    const ruleset = aRuleset({
      experiments: [anExperiment({ key: "a\u007Fb" }), anExperiment({ key: "c" }), anExperiment({ key: "" })],
    });
    expect(throughText(ruleset)).toEqual(ruleset);
  });

  it("keeps starts that are long before or after the id's time", () => {
    const starts = fc.array(fc.option(fc.integer({ min: -(10 ** 12), max: 10 ** 14 }), { nil: undefined }));
    fc.assert(
      fc.property(starts, (all) => {
        const experiments = all.map((started_at, place) =>
          anExperiment({
            id: `exp_01K9ABCDEF${digits(place, 8)}`,
            phases: started_at === undefined ? [] : [{ number: 1, started_at }],
          }),
        );
        expect(throughText(aRuleset({ experiments }))).toEqual(aRuleset({ experiments }));
      }),
      { seed: 34, numRuns: 300 },
    );
  });

  it("still reads metrics as they were before they had sides, those that were counted then", () => {
    const encoded: EncodedRuleset = {
      ...encodeRuleset(aRuleset()),
      metrics: [former({}), former({ type: "sum" }), former({ type: "mean" }), former({ type: "ratio", event: null })],
    };
    const counted = { id: "m", key: "m", cap: 5, window_hours: 24 };
    expect(decodeRuleset(encoded).metrics).toEqual([
      aMetric(counted),
      aMetric({ ...counted, type: "sum", numerator: { event: "purchase", value: "price", filters: [] } }),
    ]);
  });

  it("says once what experiments share", () => {
    const rules = [{ conditions: [{ attribute: "country", operator: "in" as const, value: ["US", "CA"] }] }];
    const experiments = Array.from({ length: 50 }, (_, index) => anExperiment({ key: `e${index}`, rules }));
    const { targeting } = encodeRuleset(aRuleset({ experiments }));
    expect(targeting).toMatchObject({ terms: [["country", ["US", "CA"]]], rule_count: 1, list_count: 2 });
  });
});
