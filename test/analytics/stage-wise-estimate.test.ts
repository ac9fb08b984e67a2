import { describe, expect, it } from "vitest";
import { stageWiseEstimate } from "../../analytics/stage-wise-estimate.ts";
import { seededRandom } from "../random.ts";

const FRACTIONS = [0.5, 1];
const POCOCK = [2.178, 2.178];

describe("the stage-wise estimate", () => {
  it("agrees with SciPy for a test that ended at its second look", () => {
    // q = lambda th, z: norm.sf(2.178 - th * sqrt(.5)) + quad(lambda u: norm.pdf(u, th / 2, sqrt(.5)) * norm.sf((z - u - th / 2) / sqrt(.5)),
    //   -2.178 * sqrt(.5), 2.178 * sqrt(.5)); 2 * q(0, z); brentq(lambda th: q(th, z) - p, -10, 15) for p = .025, .5, .975
    const clear = stageWiseEstimate(FRACTIONS, POCOCK, 2.5, 1, 0.05);
    expect(clear.pValue).toBeCloseTo(0.0368554625864261, 10);
    expect(clear.interval[0]).toBeCloseTo(0.15590146309971864, 9);
    expect(clear.difference).toBeCloseTo(2.345987040107877, 9);
    expect(clear.interval[1]).toBeCloseTo(4.3736154726663745, 9);
    const unclear = stageWiseEstimate(FRACTIONS, POCOCK, 0.4, 1, 0.05);
    expect(unclear.pValue).toBeCloseTo(0.6899822141895817, 10);
    expect(unclear.interval[0]).toBeCloseTo(-1.5619257145453378, 9);
    expect(unclear.difference).toBeCloseTo(0.39900327657890067, 9);
  });

  it("is the plain estimate and interval at a first look", () => {
    const { difference, interval, pValue } = stageWiseEstimate([0.3], [], 2.5, 0.1, 0.05);
    expect(difference).toBeCloseTo(0.25, 12);
    expect(interval[0]).toBeCloseTo(0.25 - 0.1959963984540054, 12);
    expect(interval[1]).toBeCloseTo(0.25 + 0.1959963984540054, 12);
    // R: 2 * pnorm(-2.5)
    expect(pValue).toBeCloseTo(0.012419330651552265, 15);
  });

  it("mirrors with the sign", () => {
    const up = stageWiseEstimate(FRACTIONS, POCOCK, 2.5, 0.1, 0.05);
    expect(stageWiseEstimate(FRACTIONS, POCOCK, -2.5, 0.1, 0.05)).toEqual({
      difference: -up.difference,
      interval: [-up.interval[1], -up.interval[0]],
      pValue: up.pValue,
    });
  });

  it("excludes 0 exactly when the test rejected", () => {
    // Pocock's constant of two looks, to more digits (test/fixtures/statistics/group_sequential_classical.json).
    const bounds = [2.178272717, 2.178272717];
    expect(stageWiseEstimate(FRACTIONS, bounds, 2.1784, 1, 0.05).interval[0]).toBeGreaterThan(0);
    expect(stageWiseEstimate(FRACTIONS, bounds, 2.1781, 1, 0.05).interval[0]).toBeLessThan(0);
  });

  it("holds for outcomes that no bound explains", () => {
    expect(stageWiseEstimate(FRACTIONS, POCOCK, 100, 0.1, 0.05).difference).toBeGreaterThan(0);
    expect(stageWiseEstimate([0.1, 0.5, 1], [Infinity, Infinity], 30, 0.1, 0.05).difference).toBeCloseTo(3, 10);
  });

  it("is too large as often as too small, and its interval covers, where the plain estimate is too large", () => {
    const random = seededRandom(41);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const drift = 2;
    const runs = 2000;
    let tooLarge = 0;
    let covered = 0;
    let plainTooLarge = 0;
    for (let run = 0; run < runs; run++) {
      const early = drift / 2 + Math.SQRT1_2 * normal();
      const stopped = Math.abs(early / Math.SQRT1_2) >= 2.178;
      const z = stopped ? early / Math.SQRT1_2 : early + drift / 2 + Math.SQRT1_2 * normal();
      // With full information 1 a drift is a difference.
      const [fractions, standardError] = stopped ? [[0.5], Math.SQRT2] : [FRACTIONS, 1];
      const { difference, interval } = stageWiseEstimate(fractions, POCOCK, z, standardError, 0.05);
      if (difference > drift) tooLarge++;
      if (interval[0] <= drift && drift <= interval[1]) covered++;
      if (z * standardError > drift) plainTooLarge++;
    }
    // Four standard errors of the simulation.
    expect(Math.abs(tooLarge / runs - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / runs));
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / runs));
    expect(plainTooLarge / runs).toBeGreaterThan(0.5);
  });
});
