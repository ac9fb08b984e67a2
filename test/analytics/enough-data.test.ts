import { describe, expect, it } from "vitest";
import { canCompare, hasEnough, shortageOf } from "../../analytics/enough-data.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { aCell, aMetric, aPlan, FIRST_DAY, resultsAfter } from "./an-analysis.ts";

const MILLION = 1_000_000n;

const creditOf = (slice: string, n: number, sign: bigint) =>
  aCell({
    variant_id: "",
    metric_id: "m0",
    kind: "credit",
    slice,
    n,
    sums: { y: String(sign * BigInt(n) * MILLION), yy: String(BigInt(n) * MILLION * MILLION) },
  });

describe("what a variant needs for its numbers to be relied on", () => {
  const enough = { units: 100, events: 10, observations: null, structure: "independent" } as const;

  it.each([
    ["fewer units", "sum", { units: 99 }, "units"],
    ["fewer with an event", "sum", { events: 9 }, "units with an event"],
    ["a rate's fewer without one", "conversion", { events: 91 }, "units without an event"],
    ["fewer windows, however many units were in them", "sum", { structure: "windows", observations: 9 }, "windows"],
    ["fewer clusters", "sum", { structure: "clusters", units: 9 }, "clusters"],
  ] as const)("is not %s", (_what, type, change, of) => {
    expect(shortageOf({ type }, { ...enough, ...change })?.of).toBe(of);
    expect(hasEnough({ type }, enough)).toBe(true);
  });

  it("is not units without an event where only credit is compared", () => {
    expect(hasEnough({ type: "conversion" }, { ...enough, structure: "shared", units: 400, events: 400 })).toBe(true);
  });
});

describe("two variants", () => {
  const amount = { units: 1000, events: 100, observations: null, structure: "independent" } as const;

  it.each([
    [true, "conversion", { events: 0 }, {}],
    [true, "conversion", { events: 1000 }, {}],
    [true, "conversion", { events: 0 }, { events: 1000 }],
    [false, "conversion", { events: 9 }, { events: 9 }],
    [false, "retention", { events: 991 }, { events: 991 }],
    [true, "sum", { events: 991 }, { events: 991 }],
    [false, "sum", { units: 99 }, {}],
    [false, "sum", { structure: "windows", observations: 9 }, { structure: "windows", observations: 20 }],
    [false, "sum", { structure: "clusters", units: 9 }, { structure: "clusters", units: 20 }],
    [false, "mean", { events: 9 }, {}],
    [false, "quantile", { events: 9 }, {}],
  ] as const)("can be compared is %s of a %s with %j and %j", (expected, type, one, other) => {
    const [before, after] = [
      { ...amount, ...one },
      { ...amount, ...other },
    ];
    expect(canCompare({ type }, before, after)).toBe(expected);
    expect(canCompare({ type }, after, before)).toBe(expected);
  });
});

describe("the verdict", () => {
  it("comes of a switchback test with few units in many windows", () => {
    // One region that changes sides every three hours for two weeks.
    const cells = Array.from({ length: 112 }, (_, window): SumsCell[] => {
      const isTreated = Math.floor(window / 2) % 2 === window % 2;
      const value = MILLION * BigInt(100 + ((window * 37) % 11) + (isTreated ? 20 : 0));
      const variant_id = isTreated ? "v1" : "v0";
      const sums = { y: String(value), yy: String(value * value) };
      return (
        [
          ["day", String(FIRST_DAY + Math.floor(window / 8))],
          ["block", String(1000 + window)],
        ] as const
      ).flatMap(([kind, slice]) => [
        aCell({ variant_id, kind, slice, n: 1 }),
        aCell({ variant_id, metric_id: "m0", kind, slice, n: 1, sums }),
      ]);
    }).flat();
    const plan = aPlan({
      method: "anytime",
      design: "switchback",
      tuning_units: 200,
      metrics: [aMetric({ type: "sum" })],
    });
    const { verdict, metrics } = resultsAfter(14, plan, cells);
    expect(verdict.code).toBe("ship");
    // As wide as at 112 of the windows that the sequence is tuned to.
    const { anytime, fixed_horizon } = metrics[0]!.comparisons[0]!.views;
    const widthOf = ({ ci_low, ci_high }: typeof anytime) => ci_high! - ci_low!;
    expect(widthOf(anytime) / widthOf(fixed_horizon)).toBeCloseTo(1.55, 1);
  });

  it("comes of interleaved rankings whose credit is conversions", () => {
    const day = String(FIRST_DAY + 9);
    const cells = [
      aCell({ variant_id: "v0", n: 3000, slice: day }),
      aCell({ variant_id: "v1", n: 3000, slice: day }),
      creditOf("v0", 1000, 1n),
      creditOf("v1", 1500, -1n),
    ];
    const plan = aPlan({ method: "anytime", design: "interleaving", tuning_units: 2000 });
    expect(resultsAfter(10, plan, cells).verdict).toMatchObject({ code: "ship", variant_key: "treatment" });
  });
});
