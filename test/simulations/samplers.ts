/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * A seeded source with 128 bits of state (sfc32, Chris Doty-Humphrey), since simulations draw more numbers than a generator
 * with 32 bits has. The same text gives the same numbers on every machine.
 */
export const randomOf = (text: string): Random => {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  let [a, b, c, counter] = [hash | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warmUp = 0; warmUp < 16; warmUp++) next();
  return next;
};

/** Standard normal (Box & Muller 1958), two at a time. */
export const normalSampler = (random: Random): (() => number) => {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
};

/** Draws an index in proportion to its weight, in constant time (Walker 1977; Vose 1991). */
export const aliasSampler = (weights: ArrayLike<number>, random: Random): (() => number) => {
  const { length } = weights;
  const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const scaled = Float64Array.from(weights, (weight) => (weight / total) * length);
  const alias = new Int32Array(length);
  const small: number[] = [];
  const large: number[] = [];
  for (let index = 0; index < length; index++) (scaled[index]! < 1 ? small : large).push(index);
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop()!, large.at(-1)!];
    alias[less] = more;
    scaled[more]! -= 1 - scaled[less]!;
    if (scaled[more]! < 1) small.push(large.pop()!);
  }
  for (const index of [...small, ...large]) scaled[index] = 1;
  return () => {
    const at = random() * length;
    const index = Math.floor(at);
    return at - index < scaled[index]! ? index : alias[index]!;
  };
};

/** How many of `n` succeed, each with chance `p`. */
export const binomialSampler = (n: number, p: number, random: Random): (() => number) => {
  if (p <= 0 || p >= 1) return () => (p >= 1 ? n : 0);
  const lnChances = new Float64Array(n + 1);
  lnChances[0] = n * Math.log1p(-p);
  for (let k = 1; k <= n; k++) lnChances[k] = lnChances[k - 1]! + Math.log(((n - k + 1) / k) * (p / (1 - p)));
  const most = lnChances.reduce((max, value) => Math.max(max, value), -Infinity);
  return aliasSampler(
    lnChances.map((ln) => Math.exp(ln - most)),
    random,
  );
};

/** Counts with mean `mean`. */
export const poissonSampler = (mean: number, random: Random): (() => number) => {
  const length = Math.ceil(mean + 12 * Math.sqrt(mean) + 20);
  const lnChances = new Float64Array(length);
  lnChances[0] = -mean;
  for (let k = 1; k < length; k++) lnChances[k] = lnChances[k - 1]! + Math.log(mean / k);
  return aliasSampler(lnChances.map(Math.exp), random);
};

/** Gamma with rate 1 (Marsaglia & Tsang 2000), for shapes of 1 and more. */
export const gammaSampler = (shape: number, random: Random): (() => number) => {
  const normal = normalSampler(random);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return () => {
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
};

/** Beta, for parameters of 1 and more. */
export const betaSampler = (a: number, b: number, random: Random): (() => number) => {
  const [first, second] = [gammaSampler(a, random), gammaSampler(b, random)];
  return () => {
    const x = first();
    return x / (x + second());
  };
};
