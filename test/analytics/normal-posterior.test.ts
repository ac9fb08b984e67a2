import { describe, expect, it } from "vitest";
import { normalPosterior, type NormalPosterior } from "../../analytics/normal-posterior.ts";
import { seededRandom } from "../random.ts";

const options = { alpha: 0.05, rope: 0.01 };

const posteriorOf = (
  estimate: number,
  standardError: number,
  more: Partial<Parameters<typeof normalPosterior>[2]> = {},
): NormalPosterior => {
  const result = normalPosterior(estimate, standardError, { ...options, ...more });
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

describe("normalPosterior", () => {
  it("is the prior while there is no data", () => {
    const prior = { mean: 0.1, sd: 0.3 };
    const result = posteriorOf(0, Infinity, { prior });
    expect(result.posterior).toEqual(prior);
    expect(result.lnBayesFactor).toBe(0);
  });

  it("is undefined where neither data nor prior says anything, or where nothing varies", () => {
    expect(normalPosterior(0, Infinity, options)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(normalPosterior(0.1, 0, options)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(normalPosterior(0.1, 0, { ...options, prior: { mean: 0, sd: 1 } })).toEqual({
      kind: "undefined",
      reason: "zero_variance",
    });
  });

  it.each([
    // mpmath, 30 digits: npdf(r) - r*erfc(r/sqrt(2))/2
    [5, 5.346165533833815e-8],
    [19.5, 2.800316314485247e-86],
    [20, 1.37001249472958e-90],
    [25, 1.218797046299037e-139],
    [35, 3.208804482602477e-270],
  ])("gives the loss %d standard deviations out in all digits", (r, loss) => {
    const { expectedLossChoosingTreatment, expectedLossChoosingControl } = posteriorOf(r, 1);
    expect(expectedLossChoosingTreatment / loss).toBeCloseTo(1, 11);
    expect(expectedLossChoosingControl - loss).toBeCloseTo(r, 12);
  });

  it("swaps the variants, and nothing else, where lower is better", () => {
    const higher = posteriorOf(0.04, 0.03);
    const lower = posteriorOf(0.04, 0.03, { lowerIsBetter: true });
    expect(lower.probabilityTreatmentBetter).toBe(higher.probabilityControlBetter);
    expect(Math.exp(lower.lnProbabilityControlBetter)).toBe(higher.probabilityTreatmentBetter);
    expect(lower.expectedLossChoosingControl).toBe(higher.expectedLossChoosingTreatment);
    expect(lower.expectedLossChoosingTreatment).toBe(higher.expectedLossChoosingControl);
    expect(lower.credibleInterval).toEqual(higher.credibleInterval);
  });

  it("keeps the logarithm of a probability that no double can hold", () => {
    const { probabilityControlBetter, lnProbabilityControlBetter } = posteriorOf(1, 0.01);
    expect(probabilityControlBetter).toBe(0);
    // scipy.stats.norm.logsf(100)
    expect(lnProbabilityControlBetter).toBeCloseTo(-5005.524208694206, 8);
  });

  it("covers effects drawn from its prior as often as it says", () => {
    const random = seededRandom(31);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const prior = { mean: 0.02, sd: 0.1 };
    const replications = 20_000;
    let covered = 0;
    for (let i = 0; i < replications; i++) {
      const effect = prior.mean + prior.sd * normal();
      const [low, high] = posteriorOf(effect + 0.05 * normal(), 0.05, { prior }).credibleInterval;
      if (low <= effect && effect <= high) covered += 1;
    }
    expect(Math.abs(covered / replications - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / replications));
  });
});
