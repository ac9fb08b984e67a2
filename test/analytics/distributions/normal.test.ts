import jstat from "jstat";
import { describe, expect, it } from "vitest";
import {
  normalCdf,
  normalLnTails,
  normalQuantile,
  normalSf,
  normalUpperQuantile,
} from "../../../analytics/distributions/normal.ts";
import { failures, log10Of, readVectors } from "../golden.ts";

const { cases } = readVectors("dist_normal");

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const at = Number(input.x ?? input.p ?? input.q);
  switch (input.function) {
    case "sf":
      return { value: normalSf(at), log10_value: log10Of(normalLnTails(at).lnUpper) };
    case "cdf":
      return { value: normalCdf(at), log10_value: log10Of(normalLnTails(at).lnLower) };
    case "quantile":
      return { value: normalQuantile(at) };
    default:
      return { value: normalUpperQuantile(at) };
  }
};

describe("the normal distribution", () => {
  it.each(cases)("meets the 50-digit value of $name", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

  it("agrees with jStat in the middle", () => {
    for (let x = -3; x <= 3; x += 0.25) expect(normalCdf(x)).toBeCloseTo(jstat.normal.cdf(x, 0, 1), 12);
  });

  it("has a quantile that undoes the cdf", () => {
    for (const p of [1e-300, 1e-20, 0.001, 0.07, 0.3, 0.5]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 10);
  });

  it("has its whole mass inside the infinities", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([normalSf(-Infinity), normalSf(Infinity)]).toEqual([1, 0]);
  });
});
