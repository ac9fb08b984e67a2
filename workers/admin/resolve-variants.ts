import type { NewExperiment } from "../../contract/experiment.ts";
import { keyOf } from "../../contract/key.ts";
import type { NewVariant, Variant } from "../../contract/variant.ts";
import { cellsOf } from "../../core/factorial.ts";
import { refuse } from "./refusals.ts";

type VariantWithoutId = Omit<Variant, "id">;

/** Keys from names, basis points from per cent, one control: the one that says so, else `control`, else the first. */
const writtenOnes = (written: readonly NewVariant[]): VariantWithoutId[] => {
  const keys = written.map(({ key, name = "" }) => key ?? keyOf(name));
  refuse(
    keys.flatMap((key, index) => {
      const path = `variants.${index}.key`;
      if (key === "") return [{ path, message: "Give a key: the name has no letter or digit to make one of." }];
      if (keys.indexOf(key) < index) return [{ path, message: `Another variant is called ${key} already.` }];
      return [];
    }),
  );
  const marked = written.findIndex(({ is_control }) => is_control);
  const control = marked >= 0 ? marked : Math.max(keys.indexOf("control"), 0);
  return written.map(({ name, weight, config }, index) => {
    const key = keys[index] ?? "";
    return {
      key,
      name: name ?? key,
      weight_bp: Math.round(weight * 100),
      is_control: index === control,
      config: config ?? null,
      levels: null,
    };
  });
};

/**
 * An experiment's variants, as written or made of its factors. One that was there before, by its key, keeps its id; another
 * gets the lowest free `var_<the experiment's part>_<n>`, n from 1, so that a ruleset need not repeat it.
 */
export const variantsOf = (
  { variants: written = [], factors }: Pick<NewExperiment, "variants" | "factors">,
  experimentId: string,
  existing: readonly Variant[],
): Variant[] => {
  const described = factors ? cellsOf(factors) : writtenOnes(written);
  const ids = new Map(existing.map(({ key, id }) => [key, id]));
  const taken = new Set(described.map(({ key }) => ids.get(key)));
  const body = experimentId.slice(experimentId.indexOf("_") + 1);
  let number = 0;
  const freeId = (): string => {
    let id: string;
    do {
      number += 1;
      id = `var_${body}_${number}`;
    } while (taken.has(id));
    return id;
  };
  return described.map((variant) => ({ id: ids.get(variant.key) ?? freeId(), ...variant }));
};
