import type { Factors } from "../contract/factor.ts";
import type { JsonValue } from "../contract/json.ts";

/** One combination of levels, as a variant. */
export interface Cell {
  readonly key: string;
  readonly name: string;
  /** The weights of all cells sum to 10,000. */
  readonly weight_bp: number;
  readonly is_control: boolean;
  /** Factor key → the level's value. */
  readonly config: JsonValue;
  /** Factor key → level key. */
  readonly levels: Record<string, string>;
}

type Level = Factors[number]["levels"][number];
type Combination = readonly (readonly [factor: string, level: Level])[];

/** What a variant's key and name may be long, see `contract/key.ts`. */
const MAX_KEY_LENGTH = 100;
const MAX_NAME_LENGTH = 200;

/** Every combination of one level of each factor. The last factor varies fastest. */
const combinationsOf = (factors: Factors): Combination[] =>
  factors.reduce<Combination[]>(
    (combinations, { key, levels }) =>
      combinations.flatMap((combination) => levels.map((level) => [...combination, [key, level] as const])),
    [[]],
  );

/** Cut to the length of a key; `-2`, `-3`, ... at its end where another has it already. */
const uniqueKey = (wanted: string, taken: ReadonlySet<string>): string => {
  let key = wanted.slice(0, MAX_KEY_LENGTH);
  for (let number = 2; taken.has(key); number++) {
    const suffix = `-${number}`;
    key = wanted.slice(0, MAX_KEY_LENGTH - suffix.length) + suffix;
  }
  return key;
};

/**
 * Weights as whole basis points that sum to exactly 10,000, each less than one from its exact share: all are rounded down, and
 * what is left goes to the largest remainders (Hamilton's method), the first of equals first. The weights must be positive.
 */
export const basisPointsOf = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (weight / total) * 10_000);
  // A share that is whole but for the noise of doubles counts as whole.
  const whole = exact.map((share) => Math.floor(share + 1e-9));
  const left = 10_000 - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: Math.round((share - (whole[index] ?? 0)) * 1e9) }))
    .toSorted((a, b) => b.remainder - a.remainder);
  const raised = new Set(byRemainder.slice(0, left).map(({ index }) => index));
  return whole.map((share, index) => share + (raised.has(index) ? 1 : 0));
};

/**
 * The variants of a full factorial: one a combination, with the product of its levels' weights (1 where there are none), so
 * that the factors are independent of one another up to a basis point. The first levels together are the control. The same
 * factors always give the same cells.
 */
export const cellsOf = (factors: Factors): Cell[] => {
  const combinations = combinationsOf(factors);
  const weights = basisPointsOf(
    combinations.map((combination) => combination.reduce((product, [, { weight = 1 }]) => product * weight, 1)),
  );
  const taken = new Set<string>();
  return combinations.map((combination, index) => {
    const keys = combination.map(([, { key }]) => key);
    const key = uniqueKey(keys.join("-"), taken);
    taken.add(key);
    return {
      key,
      name: keys.join(" × ").slice(0, MAX_NAME_LENGTH).trim(),
      weight_bp: weights[index] ?? 0,
      is_control: index === 0,
      config: Object.fromEntries(
        combination.map(([factor, level]) => [factor, level.value === undefined ? level.key : level.value]),
      ),
      levels: Object.fromEntries(combination.map(([factor, level]) => [factor, level.key])),
    };
  });
};
