import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { typedJson } from "../../../workers/decide/ofrep-json.ts";

describe("typedJson", () => {
  it.each([
    [1, "1.0"],
    [0, "0.0"],
    [-3, "-3.0"],
    [0.5, "0.5"],
    [1e20, "100000000000000000000.0"],
    [1e21, "1e+21"],
    [1e-7, "1e-7"],
  ])("writes the float %d so that nobody takes it for an integer", (value, text) => {
    expect(typedJson(value, "float")).toBe(text);
  });

  it("writes every float with a point or an exponent, and loses nothing of it", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = typedJson(value, "float");
        expect(text).toMatch(/[.e]/);
        // JSON has no negative zero as JavaScript writes it.
        expect(JSON.parse(text)).toBe(value === 0 ? 0 : value);
      }),
      { seed: 11 },
    );
  });

  it("writes every integer without a point", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(typedJson(value, "integer")).toBe(String(value));
      }),
      { seed: 12 },
    );
  });

  it("writes all other types as JSON does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("boolean", "string", "object"), (value, type) => {
        const json = JSON.parse(JSON.stringify(value));
        expect(typedJson(json, type)).toBe(JSON.stringify(json));
      }),
      { seed: 13 },
    );
  });
});
