import { describe, expect, it } from "vitest";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { groupSequentialTest } from "../../analytics/group-sequential-test.ts";

const look = (fraction: number, difference: number, standardError: number) => ({ fraction, difference, standardError });
const OBRIEN_FLEMING = { spending: "obrien_fleming" } as const;
const decisions = (...args: Parameters<typeof groupSequentialTest>): string[] =>
  groupSequentialTest(...args).map(({ decision }) => decision);

describe("a group-sequential test", () => {
  it("reads each look with its bound and its repeated interval", () => {
    const [early, late] = groupSequentialTest([look(0.5, 0.1, 0.05), look(1, 0.1, 0.04)], 0.05, OBRIEN_FLEMING);
    const [first, second] = spendingBoundaries([0.5, 1], 0.05, OBRIEN_FLEMING);
    expect(early).toEqual({
      ...first,
      statistic: 2,
      interval: [0.1 - first!.bound * 0.05, 0.1 + first!.bound * 0.05],
      decision: "continue",
    });
    expect(late).toMatchObject({ ...second, statistic: 2.5, decision: "reject" });
  });

  it("has ended with its first rejection, on either side", () => {
    const looks = [look(0.5, -0.4, 0.05), look(0.8, 0, 0.05), look(1, 0, 0.05)];
    expect(decisions(looks, 0.05, OBRIEN_FLEMING)).toEqual(["reject", "reject", "reject"]);
  });

  it("ends without a rejection at full information, or where it is declared to", () => {
    const looks = [look(0.5, 0, 0.05), look(0.8, 0, 0.05)];
    expect(decisions(looks, 0.05, OBRIEN_FLEMING)).toEqual(["continue", "continue"]);
    expect(decisions(looks, 0.05, OBRIEN_FLEMING, { final: true })).toEqual(["continue", "fail_to_reject"]);
    expect(decisions([...looks, look(1.1, 0, 0.05)], 0.05, OBRIEN_FLEMING).at(-1)).toBe("fail_to_reject");
  });

  it("decides nothing at a look without a standard error", () => {
    const [without, after] = groupSequentialTest([look(0.5, 1, 0), look(1, 0.1, 0.05)], 0.05, OBRIEN_FLEMING);
    expect(without).toMatchObject({
      fraction: 0.5,
      bound: Infinity,
      statistic: null,
      interval: [-Infinity, Infinity],
      decision: "continue",
    });
    expect(after?.bound).toBeCloseTo(1.959963984540054, 12);
  });
});
