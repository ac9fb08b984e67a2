import { benjaminiHochberg, bonferroni, holm } from "../../analytics/multiple-testing.ts";
import { type Simulate, textIn } from "../golden/method.ts";
import {
  cupedNull,
  familyErrors,
  liftCoverage,
  proportionNull,
  quantileNull,
  ratioNull,
  uniformity,
  welchNull,
} from "./comparisons.ts";
import { banditBias, clusterNull, splitNull } from "./groups.ts";

type Adjust = typeof holm;

const adjusting = (adjust: Adjust) =>
  familyErrors((pValues) =>
    adjust(pValues.map((pValue) => ({ pValue, lnPValue: Math.log(pValue) }))).map((each) => each?.pValue ?? null),
  );

/** By what a statistic or its scenario says, the first that fits. */
const SIMULATIONS: readonly (readonly [RegExp, Simulate])[] = [
  [/^(un)?pooled z rejects/, proportionNull],
  [/95% CI covers/, liftCoverage],
  [/^Welch rejects/, welchNull],
  [/^CUPED/, cupedNull],
  [/impressions/, ratioNull],
  [/^quantile z/, quantileNull],
  [/^chi-square|^sequential multinomial/, splitNull],
  [/^no correction/, familyErrors((pValues) => pValues)(false)],
  [/^Bonferroni FWER/, adjusting(bonferroni)(false)],
  [/^Holm FWER/, adjusting(holm)(false)],
  [/^Benjamini-Hochberg FDR/, adjusting(benjaminiHochberg)(true)],
  [/clusters of/, clusterNull],
  [/identical arms/, banditBias],
  [/^Kolmogorov-Smirnov/, uniformity],
];

/** The rate that a vector's scenario and statistic name. Throws for one that is not known. */
export const simulateOther: Simulate = (input) => {
  const text = [textIn(input, "statistic"), textIn(input, "scenario")];
  const found = SIMULATIONS.find(([pattern]) => text.some((each) => pattern.test(each)));
  if (!found) throw new Error(`No simulation is called “${text.join(" | ")}”.`);
  return found[1](input);
};
