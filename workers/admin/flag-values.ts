import { isOfType, valueOfVariant } from "../../contract/flag-value.ts";
import type { Flag, FlagRule, FlagType } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { ReferredExperiment } from "../../d1/dependencies.ts";

/** How the values of a flag's rule meet the variants of the experiment that hangs on it there. */
interface Fit {
  /** The variants, by key, that are worth no value of the flag's type. */
  readonly silent: readonly string[];
  /** The keys that have a value and are no variant's: a slip, but for a draft, whose variants may still be to come. */
  readonly stray: readonly string[];
}

export const fitOf = (
  type: FlagType,
  written: FlagRule["values"] | undefined,
  { status, variants }: Pick<ReferredExperiment, "status" | "variants">,
): Fit => {
  const values = written ?? {};
  return {
    silent: variants
      .filter((variant) => !Object.hasOwn(values, variant.key) && valueOfVariant(type, variant) === undefined)
      .map(({ key }) => key),
    stray: status === "draft" ? [] : Object.keys(values).filter((each) => !variants.some(({ key }) => key === each)),
  };
};

/** What a flag's type and its values for nobody say of what it can be decided. */
type Decidable = Pick<Flag, "type" | "default_value" | "off_value">;

/** Whether a flag is decided null at times: by default or while it is off, for no rule gives null. */
export const canBeNull = ({ default_value, off_value }: Decidable): boolean =>
  default_value === null || off_value === null;

/** Whether a flag may be decided a value, as far as its type tells. */
export const canBe = (flag: Decidable, value: JsonValue): boolean =>
  isOfType(flag.type, value) || (value === null && canBeNull(flag));
