import type { RulesetOverride } from "../contract/ruleset.ts";
import { unitHash } from "./unit-hash.ts";

/** Overrides by whom they are for. */
export interface CompiledOverrides {
  /** Keys of the experiments and flags that any unit has an override of. */
  readonly experiments: ReadonlySet<string>;
  readonly flags: ReadonlySet<string>;
  /** Those of one request's units, in stored order; `unitOf` gives its unit of a type. */
  readonly find: (unitOf: (unitType: string) => string | undefined) => readonly RulesetOverride[];
}

export const compileOverrides = (overrides: readonly RulesetOverride[]): CompiledOverrides => {
  const unitTypes = [...new Set(overrides.map(({ unit_type }) => unit_type))];
  const byUnit = Map.groupBy(overrides.entries(), ([, { unit_type, unit_hash }]) => `${unit_type}:${unit_hash}`);
  return {
    experiments: named(overrides.map(({ experiment }) => experiment)),
    flags: named(overrides.map(({ flag }) => flag)),
    find: (unitOf) =>
      unitTypes
        .flatMap((type) => {
          const unit = unitOf(type);
          return unit === undefined ? [] : (byUnit.get(`${type}:${unitHash(type, unit)}`) ?? []);
        })
        .toSorted(([a], [b]) => a - b)
        .map(([, override]) => override),
  };
};

const named = (keys: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(keys.filter((key) => key !== undefined));
