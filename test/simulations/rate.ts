import type { Simulated } from "../golden/method.ts";

/** A share of `hits` among `n`, with its standard error. A rate of 0 or 1 has that of the rule of three, not none. */
export const rateOf = (hits: number, n: number): Simulated => {
  const rate = hits / n;
  return { rate, standardError: Math.max(Math.sqrt((rate * (1 - rate)) / n), 1 / n) };
};

/** The share of replications for which `happens`; those where that is undefined are left out. */
export const simulateRate = (replications: number, happens: () => boolean | undefined): Simulated => {
  let hits = 0;
  let n = 0;
  for (let i = 0; i < replications; i++) {
    const hit = happens();
    if (hit === undefined) continue;
    n++;
    if (hit) hits++;
  }
  return rateOf(hits, n);
};

/** The mean over replications of a figure, with its standard error. */
export const simulateMean = (replications: number, figure: () => number): Simulated => {
  let [mean, m2] = [0, 0];
  for (let n = 1; n <= replications; n++) {
    const value = figure();
    const delta = value - mean;
    mean += delta / n;
    m2 += delta * (value - mean);
  }
  return { rate: mean, standardError: Math.sqrt(m2 / (replications - 1) / replications) };
};
