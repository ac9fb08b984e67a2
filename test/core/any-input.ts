import * as fc from "fast-check";
import type { Context } from "../../contract/decision.ts";
import type { EvaluateInput } from "../../core/evaluate.ts";
import { COUNTRIES, NOW, PLANS, UNITS, VARIANTS, keyOfExperiment } from "./any-ruleset.ts";

/** As `JSON.parse` makes it: a key called `__proto__` is a key like any other. */
const recordOf = <Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> =>
  Object.fromEntries(entries);

const names = Array.from({ length: 5 }, (_, index) => keyOfExperiment(index));

const unit = fc.constantFrom(...UNITS);

const units = fc
  .tuple(
    fc.record({ user_id: unit, device_id: unit, company_id: unit }, { requiredKeys: [] }),
    fc.record({ user_id: unit }),
    fc.boolean(),
  )
  .map(([some, user, hasUser]) =>
    recordOf([...Object.entries({ ...(hasUser && user), ...some }), ["__proto__", "u1"]]),
  );

const context: fc.Arbitrary<Context> = fc
  .record(
    {
      country: fc.constantFrom(...COUNTRIES, "FR", null),
      plan: fc.constantFrom(...PLANS, ["pro"]),
      visits: fc.constantFrom(0, 1, 2, 3, 4, "2"),
      account: fc.constantFrom({ plan: "pro" }, { plan: "free" }, "none"),
      company_id: fc.constantFrom("u1", "u2", "", 4),
      constructor: fc.constantFrom("US", 1),
    },
    { requiredKeys: [] },
  )
  .map((made) => ({ ...made }));

const rankings = fc.constantFrom(
  recordOf(names.map((name) => [name, { control: ["a", "b", "c", "b"], treatment: ["c", "d", "a"] }])),
  recordOf([["e2", recordOf([["control", ["x"]]])]]),
);

/** Requests that fit the rulesets of `any-ruleset.ts`. */
export const anyInput: fc.Arbitrary<EvaluateInput> = fc.noBias(
  fc
    .record({
      units,
      context,
      now: fc.constantFrom(NOW - 1, NOW, NOW + 1_800_000),
      sticky: fc.option(
        fc
          .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...VARIANTS, "gone")), { maxLength: 3 })
          .map(recordOf),
        { nil: undefined },
      ),
      rankings: fc.option(rankings, { nil: undefined, freq: 1 }),
      isClient: fc.boolean(),
    })
    .map(({ rankings: lists, ...input }): EvaluateInput => ({ ...input, ...(lists && { rankings: lists }) })),
);
