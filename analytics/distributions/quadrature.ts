/** The nodes of a rule on [−1, 1], ascending, and their weights, which sum to 2. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const rules = new Map<number, Quadrature>();

/** They begin with some four digits, and each doubles them. */
const NEWTON_STEPS = 5;

/** The Gauss-Legendre rule of `count` nodes, exact for polynomials up to degree 2·count − 1. */
export const legendre = (count: number): Quadrature => {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < (count + 1) / 2; i++) {
    // Tricomi's approximation of a root of the Legendre polynomial, then Newton's method.
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let weight = 0;
    for (let step = 0; step < NEWTON_STEPS; step++) {
      let value = 1;
      let previous = 0;
      for (let degree = 1; degree <= count; degree++)
        [value, previous] = [((2 * degree - 1) * x * value - (degree - 1) * previous) / degree, value];
      const fromEnds = (1 - x) * (1 + x);
      const slope = (count * (previous - x * value)) / fromEnds;
      const change = value / slope;
      // The last factor leads from x to the root: near the ends a weight feels even the rounding of x.
      weight = (2 / (fromEnds * slope * slope)) * (1 + (2 * x * change) / fromEnds);
      x -= change;
    }
    nodes[i] = -x;
    nodes[count - 1 - i] = x;
    weights[i] = weights[count - 1 - i] = weight;
  }
  return { nodes, weights };
};

/** {@link legendre}, computed once a count. */
export const gaussLegendre = (count: number): Quadrature => {
  const known = rules.get(count);
  if (known) return known;
  const rule = legendre(count);
  rules.set(count, rule);
  return rule;
};

/** ∫ f from `from` to `to`, both finite, by a Gauss-Legendre rule of `count` nodes on each of `panels` equal parts. */
export const integrate = (
  f: (x: number) => number,
  from: number,
  to: number,
  panels: number,
  count: number,
): number => {
  const { nodes, weights } = gaussLegendre(count);
  const half = (to - from) / panels / 2;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const middle = from + (2 * panel + 1) * half;
    for (let i = 0; i < count; i++) sum += weights[i]! * f(middle + half * nodes[i]!);
  }
  return sum * half;
};
