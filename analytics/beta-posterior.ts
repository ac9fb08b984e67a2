import { incompleteBeta } from "./distributions/incomplete-beta.ts";
import { lnBetaFactor } from "./distributions/saddle-point.ts";
import { type Node, panelAt, panelNodes, type Peak } from "./peak-quadrature.ts";
import type { Proportion } from "./two-proportions.ts";

/** A beta distribution of a rate, a, b > 0: what is believed of it before or after the data. */
export interface BetaBelief {
  readonly a: number;
  readonly b: number;
}

/** The conjugate update. Without units it is the prior. */
export const betaPosterior = ({ n, conversions }: Proportion, { a, b }: BetaBelief): BetaBelief => ({
  a: a + conversions,
  b: b + (n - conversions),
});

export const betaPeak = ({ a, b }: BetaBelief): Peak => ({
  mean: a / (a + b),
  sd: Math.sqrt((a / (a + b)) * (b / (a + b) / (a + b + 1))),
});

/** −ln of what is negligible beside 1. */
const NEGLIGIBLE = 37;

/** Farther out a rate is no double any more. */
const FARTHEST_LOG_ODDS = 700;

/**
 * From where to where in log-odds a beta distribution is more than e^−37 of its peak: normal in the middle, exponential in
 * the tails. With parameters below 0.06 some of it lies beyond all doubles and is left out.
 */
const logOddsRange = ({ a, b }: BetaBelief): readonly [from: number, to: number] => {
  const bulk = Math.sqrt(2 * NEGLIGIBLE * (1 / a + 1 / b));
  const middle = Math.log(a / b);
  return [
    Math.max(middle - bulk - NEGLIGIBLE / a, -FARTHEST_LOG_ODDS),
    Math.min(middle + bulk + NEGLIGIBLE / b, FARTHEST_LOG_ODDS),
  ];
};

/** A distribution changes slowly over such a step in log-odds, however few units it stands on. */
const LONGEST_PANEL = 1.5;

/** The x with log-odds s. */
export const logistic = (s: number): number => 1 / (1 + Math.exp(-s));

const slopeAt = (s: number): number => logistic(s) * logistic(-s);

/** A panel in log-odds from s on that is no longer than `length` in x, by the slope at both of its ends. */
const panelInLogOdds = (s: number, length: number): number => {
  const panel = Math.min(LONGEST_PANEL, length / slopeAt(s));
  return Math.min(panel, length / slopeAt(s + panel));
};

/** Nodes in log-odds that resolve some beta distributions and the products of their densities and tails. */
export const betaNodes = (beliefs: readonly BetaBelief[], peaks = beliefs.map(betaPeak)): readonly Node[] => {
  const ranges = beliefs.map(logOddsRange);
  return panelNodes(Math.min(...ranges.map(([from]) => from)), Math.max(...ranges.map(([, to]) => to)), (s) =>
    panelInLogOdds(s, panelAt(logistic(s), peaks)),
  );
};

/** ln Σ e^x, of which no term can over- or underflow. */
const lnSumExp = (values: readonly number[]): number => {
  const most = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return most === -Infinity ? most : most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
};

const lnIntegral = (nodes: readonly Node[], lnIntegrand: (s: number, node: number) => number): number =>
  lnSumExp(nodes.map(({ start, offset, weight }, i) => Math.log(weight) + lnIntegrand(start + offset, i)));

/** ln P(X > Y) and ln E[(X − Y)⁺], accurate however small. */
export const lnExceedance = (
  x: BetaBelief,
  y: BetaBelief,
): { readonly lnProbability: number; readonly lnExpectedExcess: number } => {
  // The smaller X is beside Y, the closer to their product is where both meet.
  const nodes = betaNodes([x, y], [x, y, { a: x.a + y.a, b: x.b + y.b }].map(betaPeak));
  const upper = (s: number): number => incompleteBeta(x.a, x.b, logistic(s), logistic(-s)).lnUpper;
  return {
    lnProbability: lnIntegral(nodes, (s) => lnBetaFactor(y.a, y.b, logistic(s), logistic(-s)) + upper(s)),
    // ∫ P(X > t)·P(Y < t) dt
    lnExpectedExcess: lnIntegral(
      nodes,
      (s) =>
        upper(s) +
        incompleteBeta(y.a, y.b, logistic(s), logistic(-s)).lnLower +
        Math.log(logistic(s)) +
        Math.log(logistic(-s)),
    ),
  };
};

/** X > shift + e^lnFactor · Y, with one of the two 0 and none below it. */
export interface Margin {
  readonly shift: number;
  readonly lnFactor: number;
}

/** Log-odds of a place in [0, 1] as those of its place between `low` and 1 − `high`; infinite outside. */
const within =
  (low: number, high: number) =>
  (s: number): number =>
    Math.log(Math.max(logistic(s) - low, 0) / Math.max(logistic(-s) - high, 0));

/**
 * ln P(X > shift + factor·Y), and ln of how fast it falls with the shift or with ln factor, whichever is not fixed at 0 by
 * `along`. The probability has an absolute error of some 1e-14.
 *
 * ∫ f_Y(y)·P(X > shift + factor·y) dy over the log-odds of y's place in [0, (1 − shift)/factor], which are those of x's
 * place in [shift, 1]: both densities are smooth in it at both ends, singular as they may be in y and x.
 */
export const lnExceedanceBy = (
  x: BetaBelief,
  y: BetaBelief,
  { shift, lnFactor }: Margin,
  along: keyof Margin,
): { readonly lnProbability: number; readonly lnRate: number } => {
  const span = 1 - shift;
  const width = span * Math.exp(-lnFactor);
  const gap = shift - span * Math.expm1(-lnFactor);
  const ends = [...logOddsRange(y).map(within(0, gap)), ...logOddsRange(x).map(within(shift, 0))].filter(
    Number.isFinite,
  );
  if (ends.length === 0) return { lnProbability: -Infinity, lnRate: -Infinity };
  const peaksOfX = [betaPeak(x)];
  const peaksOfY = [betaPeak(y)];
  const nodes = panelNodes(Math.min(...ends), Math.max(...ends), (s) => {
    const place = logistic(s);
    return panelInLogOdds(
      s,
      Math.min(panelAt(width * place, peaksOfY) / width, panelAt(shift + span * place, peaksOfX) / span),
    );
  });
  // f_Y dy and what X has to exceed, at each node.
  const points = nodes.map(({ start, offset }) => {
    const left = logistic(start + offset);
    const right = logistic(-start - offset);
    const restOfY = gap + width * right;
    return {
      lnMass: lnBetaFactor(y.a, y.b, width * left, restOfY) + Math.log(right / restOfY),
      at: shift + span * left,
      rest: span * right,
    };
  });
  return {
    lnProbability: lnIntegral(nodes, (_, i) => {
      const { lnMass, at, rest } = points[i]!;
      return lnMass + incompleteBeta(x.a, x.b, at, rest).lnUpper;
    }),
    lnRate: lnIntegral(nodes, (_, i) => {
      const { lnMass, at, rest } = points[i]!;
      return lnMass + lnBetaFactor(x.a, x.b, at, rest) - Math.log(rest) - (along === "shift" ? Math.log(at) : 0);
    }),
  };
};
