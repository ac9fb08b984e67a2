import type { Ruleset } from "../../contract/ruleset.ts";
import { unitHash } from "../../core/unit-hash.ts";
import { NOW } from "./a-large-ruleset.ts";

/**
 * The ruleset with what peers do not have: a holdout over everything, an override for two units of each tenth experiment, dates
 * on another tenth, experiments that keep their variants, and a prerequisite for each twentieth. All of it has to be looked at.
 */
export const withEverything = (ruleset: Ruleset): Ruleset => ({
  ...ruleset,
  holdouts: [{ key: "everyone", unit_type: "user_id", salt: "holdout1", share_bp: 500, covers: null }],
  overrides: ruleset.experiments
    .filter((_, index) => index % 10 === 0)
    .flatMap(({ key }, index) =>
      [`tester-${index}`, `tester-${index + 1}`].map((unit) => ({
        experiment: key,
        unit_type: "user_id",
        unit_hash: unitHash("user_id", unit),
        variant: "treatment",
      })),
    ),
  experiments: ruleset.experiments.map((experiment, index) => ({
    ...experiment,
    ...(index % 10 === 1 && { starts_at: NOW - 1, ends_at: NOW + 1_000_000_000 }),
    ...(index % 10 === 2 && { is_sticky: true as const }),
    ...(index % 20 === 3 && {
      prerequisites: [{ experiment: ruleset.experiments[index - 1]?.key ?? "", variants: ["control", "treatment"] }],
    }),
  })),
});
