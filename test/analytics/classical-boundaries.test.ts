import { describe, expect, it } from "vitest";
import { classicalBoundaries, OBRIEN_FLEMING, POCOCK } from "../../analytics/classical-boundaries.ts";

describe("classical boundaries", () => {
  it.each([
    // Jennison & Turnbull (2000), tables 2.1 (C_P) and 2.3 (C_B), alpha 0.05.
    { looks: 2, pocock: 2.178, obrienFleming: 1.977 },
    { looks: 3, pocock: 2.289, obrienFleming: 2.004 },
    { looks: 4, pocock: 2.361, obrienFleming: 2.024 },
    { looks: 5, pocock: 2.413, obrienFleming: 2.04 },
    { looks: 10, pocock: 2.555, obrienFleming: 2.087 },
    { looks: 20, pocock: 2.672, obrienFleming: 2.126 },
  ])("have the printed constants for $looks looks", ({ looks, pocock, obrienFleming }) => {
    expect(Math.abs(classicalBoundaries(looks, 0.05, POCOCK).constant - pocock)).toBeLessThan(0.00051);
    expect(Math.abs(classicalBoundaries(looks, 0.05, OBRIEN_FLEMING).constant - obrienFleming)).toBeLessThan(0.00051);
  });

  it("are flat by Pocock, and end at their constant by any other", () => {
    expect(new Set(classicalBoundaries(4, 0.05, POCOCK).bounds).size).toBe(1);
    for (const delta of [OBRIEN_FLEMING, 0.25]) {
      const { constant, bounds } = classicalBoundaries(4, 0.05, delta);
      expect(bounds[3]).toBe(constant);
      expect(bounds[0]).toBeCloseTo(constant * 4 ** (0.5 - delta), 12);
    }
  });
});
