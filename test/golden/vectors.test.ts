import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { betaCdf, betaLnDensity } from "../../analytics/distributions/beta.ts";
import { integrate } from "../../analytics/distributions/quadrature.ts";
import { checkFile, VectorFile } from "./check-file.ts";
import { errata } from "./errata.ts";
import { methodNamed } from "./methods.ts";

const FIXTURES = new URL("../fixtures/statistics/", import.meta.url);
const files = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".json") && !name.startsWith("calibration_"))
  .map((name) => ({ name, file: VectorFile.parse(JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"))) }));

describe("analytics agrees with the golden vectors", () => {
  describe.each(files)("of $name", ({ file }) => {
    const method = methodNamed(file.method);
    const outcomes = method ? checkFile(file, method) : [];

    it("in every case", () => {
      expect(method).toBeDefined();
      expect(outcomes).toHaveLength(file.cases.length);
      expect(outcomes.filter(({ failures }) => failures.length > 0)).toEqual([]);
    });
  });
});

describe("the numbers of the vectors that are put right", () => {
  const outcomes = files.flatMap(({ file }) => {
    const method = methodNamed(file.method);
    return method ? checkFile(file, method) : [];
  });

  it("are all in the vectors", () => {
    expect(outcomes.reduce((sum, { corrected }) => sum + corrected, 0)).toBe(errata.length);
  });

  /** P(T ≤ threshold(C)) of two Beta rates, by panels that end where the threshold reaches 1: another way than `beta-posterior.ts` goes. */
  const below = (control: Beta, treatment: Beta, threshold: (rate: number) => number, [from, to]: Range): number => {
    // In the angle of √rate, where a density with a pole at an end has none.
    const [first, last] = [Math.asin(Math.sqrt(from)), Math.asin(Math.sqrt(to))];
    const inside = integrate(
      (angle) => {
        const [x, y] = [Math.sin(angle) ** 2, Math.cos(angle) ** 2];
        const density = Math.exp(betaLnDensity(x, y, ...control)) * 2 * Math.sin(angle) * Math.cos(angle);
        return density * betaCdf(Math.min(1, Math.max(0, threshold(x))), ...treatment);
      },
      first,
      last,
      64,
      20,
    );
    return inside + 1 - betaCdf(to, ...control);
  };
  type Beta = readonly [a: number, b: number];
  type Range = readonly [from: number, to: number];
  const difference = (d: number, control: Beta, treatment: Beta): number =>
    below(control, treatment, (rate) => rate + d, [Math.max(0, -d), Math.min(1, 1 - d)]);
  const ratio = (k: number, control: Beta, treatment: Beta): number =>
    below(control, treatment, (rate) => rate * k, [0, 1 / k]);

  it.each([
    { tail: 0.975, of: (r: number) => ratio(1 + r, [1, 1], [1, 1]), right: 19, wrong: 19.000546250824435 },
    {
      tail: 0.025,
      of: (d: number) => difference(d, [1, 11], [1, 11]),
      right: errata[1]?.right,
      wrong: errata[1]?.wrong,
    },
    {
      tail: 0.975,
      of: (r: number) => ratio(1 + r, [1.5, 2.5], [2.5, 1.5]),
      right: errata[2]?.right,
      wrong: errata[2]?.wrong,
    },
    {
      tail: 0.5,
      of: (r: number) => ratio(1 + r, [1.5, 2.5], [2.5, 1.5]),
      right: errata[3]?.right,
      wrong: errata[3]?.wrong,
    },
    { tail: 0.025, of: (d: number) => difference(d, [2, 1], [1, 2]), right: errata[4]?.right, wrong: errata[4]?.wrong },
  ])("leave a tail of $tail at $right, and not at $wrong", ({ tail, of, right = NaN, wrong = NaN }) => {
    expect(Math.abs(of(right) - tail)).toBeLessThan(1e-11);
    expect(Math.abs(of(wrong) - tail)).toBeGreaterThan(1e-7);
  });

  it("make weights that sum to 1, as they do not in the vector", () => {
    const others = 1.2544865000355403e-10 + 0.49999999999999983;
    expect(Math.abs(others + (errata[5]?.right ?? NaN) - 1)).toBeLessThan(1e-15);
    expect(Math.abs(others + (errata[5]?.wrong ?? NaN) - 1)).toBeGreaterThan(1e-7);
  });
});
