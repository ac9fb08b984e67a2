import { solve } from "./distributions/invert.ts";
import { legendre } from "./distributions/quadrature.ts";
import { normalSf, normalUpperQuantile } from "./distributions/normal.ts";

/**
 * The score S(t) = Z√t of a group-sequential test among the experiments that have not stopped yet, less its mean, on a grid: a Brownian motion
 * that is absorbed at the bounds. A drift is the mean of Z at information fraction 1.
 *
 * Source: Armitage, McPherson & Rowe (1969); Jennison & Turnbull, "Group sequential methods" (2000), chapter 19.
 */
export interface ScoreProcess {
  /** The information fraction of the latest look. */
  readonly t: number;
  /** Scores, ascending. */
  readonly scores: Float64Array;
  /** Density times the weight of quadrature: sums over the scores are integrals. They sum to the probability of going on. */
  readonly masses: Float64Array;
}

/** Where a score is further than this from 0, in standard deviations, its probability is some 1e-45. */
const REACH = 14;

/** Beyond so many standard deviations of an increment nothing of its density is left that a double could tell. */
const KERNEL_REACH = 18;

/**
 * For each panel; panels are as wide as the standard deviation of the smaller of the increments on both sides, the scale on which the integrand
 * bends: its error is then some 1e-16.
 */
const RULE = /* @__PURE__ */ legendre(12);

/** A look that adds less than this share to the information is no look: it could tell nothing, and its grid would be endless. */
const LEAST_GROWTH = 1e-5;

/** Whether the information has grown enough since a look for a new one. */
export const hasGrown = (since: number, t: number): boolean => t - since > LEAST_GROWTH * t;

export const START: ScoreProcess = { t: 0, scores: Float64Array.of(0), masses: Float64Array.of(1) };

/**
 * The process after a look at `t` that stops where |Z| ≥ `bound` (≥ 0, may be infinite). `later` are the fractions of looks to come: the
 * grid has to be fine enough for the next of them.
 */
export const goOn = (
  process: ScoreProcess,
  t: number,
  bound: number,
  later: readonly number[],
  drift = 0,
): ScoreProcess => {
  const { scores: from, masses: fromMasses } = process;
  const sd = Math.sqrt(t - process.t);
  const root = Math.sqrt(t);
  const low = Math.max(-bound * root - drift * t, -REACH * root);
  const high = Math.min(bound * root - drift * t, REACH * root);
  const next = later.find((each) => hasGrown(t, each)) ?? Infinity;
  const panels = Math.max(0, Math.ceil((high - low) / Math.min(sd, Math.sqrt(next - t))));
  const half = (high - low) / panels / 2;
  const { nodes, weights } = RULE;
  const count = panels * nodes.length;
  const scores = new Float64Array(count);
  const masses = new Float64Array(count);
  const scale = half / (sd * Math.sqrt(2 * Math.PI));
  let first = 0;
  /** Of scores that ascend, without its scale. */
  const densityAt = (score: number): number => {
    const target = score / sd;
    while (first < from.length && from[first]! / sd < target - KERNEL_REACH) first++;
    let density = 0;
    for (let j = first; j < from.length; j++) {
      const distance = target - from[j]! / sd;
      if (distance < -KERNEL_REACH) break;
      density += fromMasses[j]! * Math.exp((-distance * distance) / 2);
    }
    return density;
  };
  for (let i = 0; i < count; i++) {
    const node = i % nodes.length;
    scores[i] = low + half * (2 * Math.floor(i / nodes.length) + 1 + nodes[node]!);
    // Without drift the density is even, so that the lower half tells the upper one.
    masses[i] = drift === 0 && 2 * i >= count ? masses[count - 1 - i]! : densityAt(scores[i]!) * weights[node]! * scale;
  }
  return { t, scores, masses };
};

/**
 * The probability of Z ≥ `z` at the next look, at `t`, and its slope in z. With a `drift` on top of that of the process what was
 * computed is reweighed by the likelihood ratio of the two.
 */
export const exitAt = (
  process: ScoreProcess,
  t: number,
  z: number,
  drift: number,
): readonly [probability: number, slope: number] => {
  const { scores, masses } = process;
  const sd = Math.sqrt(t - process.t);
  const threshold = z * Math.sqrt(t) - drift * (t - process.t);
  let probability = 0;
  let density = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const mass = drift === 0 ? masses[i]! : masses[i]! * Math.exp(drift * score - (drift ** 2 * process.t) / 2);
    const distance = (threshold - score) / sd;
    probability += mass * normalSf(distance);
    density += mass * Math.exp((-distance * distance) / 2);
  }
  return [probability, (-density * Math.sqrt(t / (2 * Math.PI))) / sd];
};

/** The z that Z reaches or exceeds at the next look, at `t`, with this probability; at least 0. Infinite for probability 0. */
export const boundFor = (process: ScoreProcess, t: number, probability: number): number => {
  if (!(probability > 0)) return Infinity;
  const lnTarget = Math.log(probability);
  const bound = solve((z) => {
    const [exit, slope] = exitAt(process, t, z, 0);
    // Where nothing is left to exit, any slope leads back.
    return [Math.log(exit) - lnTarget, slope / exit || -1];
  }, normalUpperQuantile(probability));
  return Math.max(0, bound);
};
