import { assert, boolean, constantFrom, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { isOfType, valueOfVariant } from "../../contract/flag-value.ts";
import { FlagType } from "../../contract/flag.ts";
import { JsonValue } from "../../contract/json.ts";

describe("a value of a flag", () => {
  it.each<[FlagType, JsonValue[], JsonValue[]]>([
    ["boolean", [true, false], [null, 0, 1, "true", [], {}]],
    ["string", ["", "a"], [null, 1, true, ["a"], {}]],
    ["integer", [0, -1, 2_147_483_647, -2_147_483_648], [0.5, 2_147_483_648, -2_147_483_649, "1", null, true]],
    ["float", [0, -0.5, 1e300], [Infinity, NaN, "0.5", null]],
    ["object", [{}, { a: [1] }], [[], null, "{}", 1]],
  ])("of type %s is what typed clients can read into it", (type, good, bad) => {
    expect(good.filter((value) => !isOfType(type, value))).toEqual([]);
    expect(bad.filter((value) => isOfType(type, value))).toEqual([]);
  });
});

const variant = (key: string, is_control: boolean, config: JsonValue) => ({ key, is_control, config });

describe("what a variant is worth to a flag", () => {
  it("is its payload, when that is of the flag's type", () => {
    expect(valueOfVariant("boolean", variant("control", true, true))).toBe(true);
    expect(valueOfVariant("integer", variant("b", false, 3))).toBe(3);
    expect(valueOfVariant("object", variant("b", false, { v: 2 }))).toEqual({ v: 2 });
  });

  it("is false for the control and true for the others of a boolean, and the key of a string", () => {
    expect(valueOfVariant("boolean", variant("control", true, { v: 1 }))).toBe(false);
    expect(valueOfVariant("boolean", variant("b", false, { v: 2 }))).toBe(true);
    expect(valueOfVariant("string", variant("b", false, null))).toBe("b");
  });

  it("is of the flag's type or nothing", () => {
    assert(
      property(
        constantFrom(...FlagType.options),
        jsonValue().map((value) => JsonValue.parse(value)),
        boolean(),
        (type, config, isControl) => {
          const value = valueOfVariant(type, variant("v", isControl, config));
          return value === undefined || isOfType(type, value);
        },
      ),
      { seed: 3 },
    );
  });
});
