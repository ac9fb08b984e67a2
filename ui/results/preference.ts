import type { DesignResults } from "../../contract/results.ts";
import { formatChange } from "../format/number.ts";

type Preference = NonNullable<DesignResults["interleaving"]>[number];

/** `+4.0 % for B (+1.2 % to +6.8 %)`: by how much more than half the users are for the variant that is named. */
export function preferenceWords(
  { preference, ci_low, ci_high }: Pick<Preference, "preference" | "ci_low" | "ci_high">,
  [first = "the first", second = "the second"]: readonly string[],
): string {
  if (preference === null) return "–";
  const sign = preference < 0 ? -1 : 1;
  const [low, high] = sign < 0 ? [ci_high, ci_low] : [ci_low, ci_high];
  const range =
    low === null || high === null ? "" : ` (${formatChange(sign * low, 1)} to ${formatChange(sign * high, 1)})`;
  return `${formatChange(sign * preference, 1)} for ${sign < 0 ? first : second}${range}`;
}
