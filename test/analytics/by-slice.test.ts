import { describe, expect, it } from "vitest";
import { daysOf, primaryTallies, talliesInOrder } from "../../analytics/by-slice.ts";
import { countsOf, EXPOSURES } from "../../analytics/tally.ts";
import { aCell, aMetric, aPlan, cellsOf, FIRST_DAY } from "./an-analysis.ts";

const onDay = (day: number, n: number) => cellsOf("v0", n, { m0: n / 10, m1: n / 5 }, FIRST_DAY + day);

describe("the days of first exposure", () => {
  it("are all from the first of any variant to the last, wherever their cells are", () => {
    const counts = countsOf([
      ...onDay(3, 200),
      ...onDay(0, 100),
      // Other variants' are not theirs.
      aCell({ variant_id: "", n: 1, slice: String(FIRST_DAY + 9) }),
      aCell({ variant_id: "other", n: 1, slice: String(FIRST_DAY - 1) }),
    ]);
    const days = daysOf(aPlan(), counts);
    expect(days.map(({ day, date }) => [day - FIRST_DAY, date])).toEqual([
      [0, "2026-03-02"],
      [1, "2026-03-03"],
      [2, "2026-03-04"],
      [3, "2026-03-05"],
    ]);
    expect(days.map(({ tally }) => tally.of("v0", EXPOSURES).n)).toEqual([100, 0, 0, 200]);
    expect(days.map(({ tally }) => tally.of("v0", "m0").n)).toEqual([10, 0, 0, 20]);
  });

  it("are none before anyone is exposed", () => {
    expect(daysOf(aPlan(), countsOf([]))).toEqual([]);
  });
});

describe("the tallies of a primary metric", () => {
  it("have exposed units alone where sums do not give the metric", () => {
    const plan = aPlan({ metrics: [aMetric({ type: "quantile", quantile: 0.5 })] });
    const tallies = primaryTallies(plan, countsOf(onDay(0, 100)), "day").map(([, tally]) => tally);
    expect(tallies.map(({ of }) => [of("v0", EXPOSURES).n, of("v0", "m0").n])).toEqual([[100, 0]]);
  });
});

it("adds the cells of each group up, in the order of the groups' numbers", () => {
  const cells = [10, 9, 2, 9].flatMap((phase) => onDay(0, 100).map((cell) => ({ ...cell, phase })));
  const tallies = talliesInOrder(cells, ({ phase }) => phase);
  expect(tallies.map(([phase, tally]) => [phase, tally.of("v0", EXPOSURES).n])).toEqual([
    [2, 100],
    [9, 200],
    [10, 100],
  ]);
});
