import { describe, expect, it } from "vitest";
import { gaussLegendre, integrate } from "../../../analytics/distributions/quadrature.ts";

describe("Gauss-Legendre quadrature", () => {
  it("has the nodes and weights of the tables", () => {
    // Abramowitz and Stegun, table 25.4, n = 5
    const { nodes, weights } = gaussLegendre(5);
    [-0.906179845938664, -0.538469310105683, 0, 0.538469310105683, 0.906179845938664].forEach((node, i) =>
      expect(nodes[i]).toBeCloseTo(node, 14),
    );
    [0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366, 0.236926885056189].forEach(
      (weight, i) => expect(weights[i]).toBeCloseTo(weight, 14),
    );
  });

  it.each([1, 2, 7, 20, 64, 200])("with %d nodes spans the interval", (count) => {
    expect(gaussLegendre(count).weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(2, 13);
  });

  it("is exact for polynomials of twice its nodes less one", () => {
    expect(integrate((x) => x ** 9, 0, 1, 1, 5)).toBeCloseTo(0.1, 15);
  });

  it("adds its panels up", () => {
    expect(integrate(Math.sin, 0, Math.PI, 3, 12)).toBeCloseTo(2, 14);
    expect(integrate(Math.exp, 1, 0, 2, 12)).toBeCloseTo(1 - Math.E, 14);
  });

  it("computes a rule once", () => {
    expect(gaussLegendre(33)).toBe(gaussLegendre(33));
  });
});
