import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Key } from "./key.ts";

/** A value that a factor can take. Weights of a factor's levels are relative to one another, equal by default. */
export const Level = z.strictObject({
  key: Key,
  /** What a payload says of the factor in this level; the level's key without it. */
  value: JsonValue.optional(),
  weight: z.number().gt(0).max(100).optional(),
});
export type Level = z.infer<typeof Level>;

export const Factor = z.strictObject({ key: Key, levels: z.array(Level).min(2).max(32) });
export type Factor = z.infer<typeof Factor>;

/** The cells are all combinations of one level of each factor, at most 64; the first levels make the control. */
export const Factors = z
  .array(Factor)
  .min(1)
  .max(6)
  .superRefine((factors, context) => {
    const cells = factors.reduce((product, { levels }) => product * levels.length, 1);
    if (cells > 64)
      context.addIssue({ code: "custom", path: [], message: `These make ${cells} cells; use at most 64.` });
    for (const [index, { key, levels }] of factors.entries()) {
      if (factors.findIndex((factor) => factor.key === key) < index)
        context.addIssue({ code: "custom", path: [index, "key"], message: `Another factor is called ${key} already.` });
      const weightless = levels.findIndex(({ weight }) => weight === undefined);
      if (weightless >= 0 && levels.some(({ weight }) => weight !== undefined))
        context.addIssue({
          code: "custom",
          path: [index, "levels", weightless, "weight"],
          message: "Give every level of a factor a weight, or none.",
        });
      for (const [at, level] of levels.entries())
        if (levels.findIndex((other) => other.key === level.key) < at)
          context.addIssue({
            code: "custom",
            path: [index, "levels", at, "key"],
            message: `Another level is called ${level.key} already.`,
          });
    }
  });
export type Factors = z.infer<typeof Factors>;
