import { describe, expect, it } from "vitest";
import { analyse } from "../../analytics/analyse.ts";
import { aPlan, cellsOf, DAY_MS, endedAfter, FIRST_DAY } from "./an-analysis.ts";

const asOf = { ms: (FIRST_DAY + 14) * DAY_MS, iso: new Date((FIRST_DAY + 14) * DAY_MS).toISOString() };
const results = (generation: number, treated: number, previous: Parameters<typeof analyse>[3]) =>
  analyse(
    aPlan({ generation, ...endedAfter(14) }),
    [...cellsOf("v0", 10_000, { m0: 1000 }), ...cellsOf("v1", treated, { m0: treated / 10 })],
    asOf,
    previous,
  );

describe("counts that were made anew", () => {
  const broken = results(1, 9000, null);

  it("are no longer held against a split that they mended", () => {
    expect(broken.health.srm.ok).toBe(false);
    expect(results(1, 10_000, broken.sequence).health.srm.ok).toBe(false);
    expect(results(2, 10_000, broken.sequence).health.srm.ok).toBe(true);
  });

  it("forget no look of a plan that has spent on it", () => {
    const plan = { method: "group_sequential", looks: 2 } as const;
    const at = (generation: number, previous: Parameters<typeof analyse>[3]) =>
      analyse(aPlan({ generation, ...plan }), cellsOf("v0", 1000, { m0: 100 }), asOf, previous).sequence.looks;
    const taken = at(1, null);
    expect(taken).toHaveLength(1);
    const { sequence } = analyse(aPlan({ generation: 1, ...plan }), cellsOf("v0", 1000, { m0: 100 }), asOf, null);
    expect(at(2, sequence)).toEqual(taken);
  });
});
