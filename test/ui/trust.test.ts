import { describe, expect, it } from "vitest";
import { splitWords, trustChecks } from "../../ui/results/trust.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

const results = (change: { p_value?: number | null; ok?: boolean; share?: number; ageMs?: number } = {}) => ({
  as_of: new Date(NOW - (change.ageMs ?? 240_000)).toISOString(),
  health: {
    srm: {
      chi_squared: 0.1,
      degrees_of_freedom: 1,
      p_value: change.p_value === undefined ? 0.78 : change.p_value,
      sequential_p_value: null,
      ok: change.ok ?? true,
      phases: [],
      culprits: [],
    },
    crossovers: { units: 3, share: change.share ?? 0.001, ok: true },
    data: { first_day: null, last_day: null, stale: false },
    pre_period: [],
    interference: null,
  },
  variants: [
    { key: "a", name: "A", is_control: true, expected_share: 0.5, exposures: 10 },
    { key: "b", name: "B", is_control: false, expected_share: 0.5, exposures: 10 },
  ],
});

describe("the trust strip", () => {
  it("says everything, also when all is well", () => {
    expect(trustChecks(results(), NOW)).toEqual([
      { sign: "✓", tone: "good", text: "Split matches 50/50 (p = 0.780)" },
      { sign: "✓", tone: "good", text: "Crossovers 0.1\u00A0%" },
      { sign: "✓", tone: "good", text: "Data as of 4 min ago" },
    ]);
  });

  it("is bad about a broken split, warns of crossovers and of old data", () => {
    const checks = trustChecks(results({ p_value: 1e-9, ok: false, share: 0.02, ageMs: 3_600_000 }), NOW);
    expect(checks.map(({ tone }) => tone)).toEqual(["bad", "warn", "warn"]);
    expect(checks[0]?.text).toBe("Split is not 50/50 (p < 0.001)");
  });

  it("claims nothing of a split that could not be tested", () => {
    const nobody = { ...results(), variants: results().variants.map((variant) => ({ ...variant, exposures: 0 })) };
    for (const untested of [results({ p_value: null }), nobody])
      expect(trustChecks(untested, NOW)[0]).toEqual({
        sign: "…",
        tone: "neutral",
        text: "Split 50/50 not checked yet",
      });
  });

  it("warns of old numbers as soon as newer ones cannot be had, however young they are", () => {
    expect(trustChecks(results(), NOW, true)[2]).toEqual({ sign: "!", tone: "warn", text: "Data as of 4 min ago" });
  });

  it("has nothing to be green about with nobody in it", () => {
    const nobody = {
      ...results(),
      health: { ...results().health, crossovers: { units: 0, share: 0, ok: true } },
      variants: results().variants.map((variant) => ({ ...variant, exposures: 0 })),
    };
    expect(trustChecks(nobody, NOW).map(({ tone }) => tone)).toEqual(["neutral", "neutral", "neutral"]);
    expect(trustChecks(nobody, NOW)[2]?.text).toBe("No data yet");
  });

  it("never shows an age below nothing when the clocks disagree", () => {
    expect(trustChecks(results({ ageMs: -60_000 }), NOW)[2]?.text).toBe("Data as of just now");
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
