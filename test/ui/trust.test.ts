import { describe, expect, it } from "vitest";
import type { Results } from "../../contract/results.ts";
import { fullWeeks, splitWords, trustChecks } from "../../ui/results/trust.ts";
import { aHealth, aResults } from "./a-results.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

const results = (change: Partial<Results> = {}, ageMs = 240_000): Results =>
  aResults({ as_of: new Date(NOW - ageMs).toISOString(), ...change });

const nobody = results({
  variants: aResults().variants.map((variant) => ({ ...variant, exposures: 0 })),
  health: aHealth({
    crossovers: { units: 0, share: 0, ok: true },
    data: { first_day: null, last_day: null, stale: false },
  }),
});

const aTest = { metric_key: "checkout", variant_key: "short" };

describe("the trust strip", () => {
  it("says everything, also when all is well", () => {
    const health = aHealth({ pre_period: [{ ...aTest, p_value: 0.34, ok: true }] });
    expect(trustChecks(results({ health }), NOW)).toEqual([
      { sign: "✓", tone: "good", text: "Split matches 50/50 (p = 0.780)" },
      { sign: "✓", tone: "good", text: "Crossovers 0.1\u00A0%" },
      { sign: "✓", tone: "good", text: "Data flowing, last on 20 Nov" },
      { sign: "✓", tone: "good", text: "Data as of 4 min ago" },
      { sign: "✓", tone: "good", text: "Full weeks 2" },
      { sign: "✓", tone: "good", text: "Pre-period alike (p = 0.340)" },
    ]);
  });

  it("is bad about a broken split, and warns of crossovers, of a dried-up flow, of old data and of a different past", () => {
    const health = aHealth({
      srm: { ...aHealth().srm, sequential_p_value: 1e-9, ok: false },
      crossovers: { units: 60, share: 0.02, ok: false },
      data: { first_day: "2026-11-02", last_day: "2026-11-17", stale: true },
      pre_period: [
        { ...aTest, p_value: 0.4, ok: true },
        { ...aTest, p_value: 0.002, ok: false },
      ],
      interference: { slope: 1, p_value: 0.004, ok: false },
    });
    const checks = trustChecks(results({ health }, 3_600_000), NOW);
    expect(checks.map(({ tone }) => tone)).toEqual(["bad", "warn", "warn", "warn", "good", "warn", "warn"]);
    expect(checks[0]?.text).toBe("Split is not 50/50 (p < 0.001)");
    expect(checks[2]?.text).toBe("Nobody new since 17 Nov");
    expect(checks[5]?.text).toBe("Pre-period differs (p = 0.002)");
  });

  it("claims nothing of a split that could not be tested", () => {
    const untested = aHealth({ srm: { ...aHealth().srm, p_value: null, sequential_p_value: null } });
    for (const one of [results({ health: untested }), nobody])
      expect(trustChecks(one, NOW)[0]).toEqual({ sign: "…", tone: "neutral", text: "Split 50/50 not checked yet" });
  });

  it("is bad about users in a variant without a weight, though no test can be made", () => {
    const srm = { ...aHealth().srm, p_value: null, sequential_p_value: null, ok: false };
    expect(trustChecks(results({ health: aHealth({ srm }) }), NOW)[0]).toMatchObject({
      tone: "bad",
      text: "Split is not 50/50",
    });
  });

  it("warns of old numbers as soon as newer ones cannot be had, however young they are", () => {
    expect(trustChecks(results(), NOW, { cutOff: true })[3]).toEqual({
      sign: "!",
      tone: "warn",
      text: "Data as of 4 min ago",
    });
  });

  it("has nothing to be green about with nobody in it", () => {
    expect(new Set(trustChecks(nobody, NOW).map(({ tone }) => tone))).toEqual(new Set(["neutral"]));
  });

  it("never shows an age below nothing when the clocks disagree", () => {
    expect(trustChecks(results({}, -60_000), NOW)[3]?.text).toBe("Data as of just now");
  });

  it("expects a first full week, and warns when the test ended without one", () => {
    const progress = { ...aResults().progress, day: 5, planned_days: 21, days_left: 17 } as Results["progress"];
    const check = (over: boolean) => trustChecks(results({ progress }), NOW, { over })[4];
    expect(check(false)).toEqual({ sign: "…", tone: "neutral", text: "Full weeks 0" });
    expect(check(true)?.tone).toBe("warn");
  });
});

const weeks = (day: number, days_left: number, last_day: string) =>
  fullWeeks({
    health: aHealth({ data: { first_day: "2026-11-02", last_day, stale: false } }),
    progress: { ...aResults().progress, day, planned_days: 21, days_left } as Results["progress"],
  });

describe("full weeks", () => {
  it("are those that are over, and no more than there is data for", () => {
    expect(weeks(7, 15, "2026-11-08")).toBe(0);
    expect(weeks(8, 14, "2026-11-08")).toBe(1);
    expect(weeks(21, 0, "2026-11-22")).toBe(3);
    expect(weeks(21, 0, "2026-11-10")).toBe(1);
    expect(weeks(21, 1, "2026-11-22")).toBe(2);
    // It ends in two days, long before the 21 planned.
    expect(weeks(7, 2, "2026-11-08")).toBe(0);
  });
});

describe("splitWords", () => {
  it.each([
    [[0.5, 0.5], "50/50"],
    [[0.3334, 0.3333, 0.3333], "33/33/33"],
    [[0.125, 0.875], "12.5/87.5"],
  ])("writes %j as %s", (shares, words) => {
    expect(splitWords(shares)).toBe(words);
  });
});
