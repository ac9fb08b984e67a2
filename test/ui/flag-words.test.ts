import { describe, expect, it } from "vitest";
import type { FlagRule } from "../../contract/flag.ts";
import { valueFrom } from "../../ui/flags/flag-value.ts";
import { environmentWords, outcomeWords, rampWords, valueWords, whomWords } from "../../ui/flags/flag-words.ts";

const aRule = (change: Partial<FlagRule> = {}): FlagRule => ({
  name: "",
  conditions: [],
  value: true,
  variant: null,
  rollout: null,
  schedule: [],
  unit_type: null,
  salt: null,
  experiment: null,
  values: null,
  ...change,
});

describe("a flag's rule in words", () => {
  it.each([
    [{}, "all get on"],
    [{ value: false }, "all get off"],
    [{ value: "blue" }, 'all get "blue"'],
    [{ value: null }, "all get the default in your code"],
    [{ rollout: 0.25 }, "25 % get on"],
    [{ rollout: 0.07 }, "7 % get on"],
    [{ rollout: 0.0025 }, "0.25 % get on"],
    [{ variant: "big", value: null }, "all get big"],
    [{ experiment: "checkout", value: null }, "those in the experiment checkout get its values"],
  ] as const)("says what %o does", (change, words) => {
    expect(outcomeWords(aRule(change)).replaceAll(/\s/g, " ")).toBe(words);
  });

  it("applies to everyone without conditions", () => {
    expect(whomWords(aRule())).toBe("everyone");
  });

  it("applies to those of whom its conditions hold", () => {
    const conditions: FlagRule["conditions"] = [
      { attribute: "plan", operator: "eq", value: "pro" },
      { attribute: "staff", operator: "exists" },
    ];
    expect(whomWords(aRule({ conditions }))).toBe("those where plan is “pro” and staff is known");
  });

  it("names the steps of a ramp with their time", () => {
    const [step] = rampWords(aRule({ rollout: 0.1, schedule: [{ at: "2026-12-01T08:30:00.000Z", rollout: 0.5 }] }));
    expect(step?.replaceAll(/\s/g, " ")).toBe("50 % from 2026-12-01 08:30 UTC");
  });
});

describe("an environment in words", () => {
  it.each([
    [undefined, "Off"],
    [{ enabled: false, rules: [aRule()] }, "Off"],
    [{ enabled: true, rules: [] }, "On"],
    [{ enabled: true, rules: [aRule()] }, "On, 1 rule"],
    [{ enabled: true, rules: [aRule(), aRule()] }, "On, 2 rules"],
  ])("says %o", (environment, words) => {
    expect(environmentWords(environment)).toBe(words);
  });
});

describe("a value as typed", () => {
  it.each([
    ["boolean", "true", true],
    ["integer", "10", 10],
    ["float", "0.5", 0.5],
    ["object", '{"a":1}', { a: 1 }],
    ["string", "10", "10"],
    ["string", "", ""],
    ["boolean", "", null],
    ["boolean", "yes", "yes"],
    ["float", "1e999", "1e999"],
  ] as const)("of the type %s, %j is sent as %j", (type, text, value) => {
    expect(valueFrom(type, text)).toEqual(value);
  });

  it("is read back as it was written", () => {
    expect(valueWords({ a: 1 })).toBe('{"a":1}');
  });
});
