import { gaussLegendre } from "./distributions/quadrature.ts";

/** Where a density has its bulk. */
export interface Peak {
  readonly mean: number;
  readonly sd: number;
}

/** A place to evaluate a function at, start + offset, and what it counts for in the integral. */
export interface Node {
  /** Where the panel begins: its distance from a peak nearby is exact, as that of the sum is not. */
  readonly start: number;
  readonly offset: number;
  readonly weight: number;
}

/** Exact to rounding on a panel of a few standard deviations, over which a bell is nearly a polynomial of low degree. */
const NODES_A_PANEL = 12;

/** So far out a normal distribution has nothing left beside 1. */
const BULK_SDS = 8;

/** No panel is shorter than this share of where it begins, so that its end is another number. */
export const SHORTEST_SHARE = 1e-15;

/**
 * How long a panel that begins at x may be: two standard deviations inside the bulk of a peak, and with its distance from
 * them outside, so that peaks of any width beside one another are resolved by few panels.
 */
export const panelAt = (x: number, peaks: readonly Peak[]): number => {
  let length = Infinity;
  for (const { mean, sd } of peaks)
    length = Math.min(length, Math.max(2 * sd, (Math.abs(x - mean) - BULK_SDS * sd) / 4));
  return length;
};

/** Gauss-Legendre nodes on panels from `from` to `to`, each as long as `lengthAt` allows where it begins. */
export const panelNodes = (from: number, to: number, lengthAt: (x: number) => number): readonly Node[] => {
  const rule = gaussLegendre(NODES_A_PANEL);
  const nodes: Node[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(start + Math.max(lengthAt(start), SHORTEST_SHARE * Math.abs(start)), to);
    const half = (end - start) / 2;
    rule.nodes.forEach((node, i) => nodes.push({ start, offset: half + half * node, weight: half * rule.weights[i]! }));
    start = end;
  }
  return nodes;
};
