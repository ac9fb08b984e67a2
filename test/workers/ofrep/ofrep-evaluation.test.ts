import { describe, expect, it } from "vitest";
import type { FlagDecision, FlagReason } from "../../../contract/decision.ts";
import type { RulesetFlag } from "../../../contract/ruleset.ts";
import { aFlag } from "../../core/a-ruleset.ts";
import { evaluationOf, itemText } from "../../../workers/decide/ofrep-evaluation.ts";

const origin = { environment: "production", version: 12, isStrict: false };

const flagOf = (change: Partial<RulesetFlag> = {}): RulesetFlag => aFlag({ key: "new_shop", ...change });

const item = (decision: FlagDecision, flag = flagOf(), from = origin): unknown =>
  JSON.parse(itemText(flag.key, evaluationOf(flag.key, flag, decision, from)));

const served = (reason: FlagReason): FlagDecision => ({ value: true, variant: "on", reason });

describe("evaluationOf", () => {
  it.each([
    ["rule", "TARGETING_MATCH"],
    ["override", "TARGETING_MATCH"],
    ["rollout", "SPLIT"],
    ["experiment", "SPLIT"],
    ["default", "DEFAULT"],
    ["holdout", "DEFAULT"],
    ["prerequisite", "DEFAULT"],
    ["static", "STATIC"],
  ] as const)("says of the reason %s that it is %s", (reason, said) => {
    expect(item(served(reason))).toEqual({ key: "new_shop", value: true, reason: said, variant: "on" });
  });

  it.each(["off", "environment_off"] as const)("leaves the value to the caller for the reason %s", (reason) => {
    expect(item(served(reason))).toEqual({ key: "new_shop", reason: "DISABLED", variant: "off" });
  });

  it("serves the value that somebody chose for a flag that is off", () => {
    const decision: FlagDecision = { value: "closed", variant: "shut", reason: "off" };
    expect(item(decision, flagOf({ type: "string", off_value: "closed" }))).toEqual({
      key: "new_shop",
      value: "closed",
      reason: "DISABLED",
      variant: "shut",
    });
  });

  it.each([
    ["static", "DEFAULT"],
    ["default", "DEFAULT"],
    ["rule", "TARGETING_MATCH"],
  ] as const)("never says null for a value, with the reason %s", (reason, said) => {
    expect(item({ value: null, variant: "default", reason })).toEqual({
      key: "new_shop",
      reason: said,
      variant: "default",
    });
  });

  it("always names a variant", () => {
    expect(item({ ...served("static"), variant: null })).toMatchObject({ variant: "default" });
  });

  it.each([
    ["unit_missing", "TARGETING_KEY_MISSING", "targetingKey"],
    ["error", "GENERAL", "could not be evaluated"],
    ["unknown_flag", "FLAG_NOT_FOUND", "flag new_shop not found"],
  ] as const)("says of the reason %s that it is the error %s", (reason, errorCode, details) => {
    expect(item(served(reason))).toEqual({
      key: "new_shop",
      errorCode,
      errorDetails: expect.stringContaining(details),
    });
  });

  it("names the attribute of a unit that is not the user", () => {
    expect(item(served("unit_missing"), flagOf({ unit_type: "device_id" }))).toMatchObject({
      errorDetails: expect.stringContaining("the attribute device_id"),
    });
  });

  it("finds no flag where there is none, whatever was decided", () => {
    expect(evaluationOf("x", undefined, served("static"), origin)).toMatchObject({ code: "FLAG_NOT_FOUND" });
  });

  it("tells whose variant it is when an experiment decided", () => {
    const decision: FlagDecision = { ...served("experiment"), variant: "treatment", experiment_key: "checkout" };
    expect(item(decision, flagOf({ metadata: { owner: "web" } }))).toMatchObject({
      reason: "SPLIT",
      variant: "treatment",
      metadata: { owner: "web", experimentKey: "checkout", variantKey: "treatment", configVersion: 12 },
    });
  });

  it("keeps the experiment's variant where its value is left to the caller", () => {
    const decision: FlagDecision = {
      value: null,
      variant: "control",
      reason: "experiment",
      experiment_key: "checkout",
    };
    expect(item(decision)).toMatchObject({ variant: "control", metadata: { variantKey: "control" } });
    expect(item(decision)).not.toHaveProperty("value");
  });

  it("tells nothing of the experiment of an overridden unit, which is never exposed", () => {
    const decision: FlagDecision = { ...served("override"), variant: "treatment", experiment_key: "checkout" };
    expect(item(decision)).not.toHaveProperty("metadata");
  });

  it("writes numbers in metadata that are not whole as text for strict clients", () => {
    const flag = flagOf({ metadata: { float: 0.1, whole: 2, yes: true, text: "0.1" } });
    expect(item(served("static"), flag)).toMatchObject({ metadata: { float: 0.1 } });
    expect(item(served("static"), flag, { ...origin, isStrict: true })).toMatchObject({
      metadata: { float: "0.1", whole: 2, yes: true, text: "0.1" },
    });
  });

  it("escapes what stands in keys and names", () => {
    const decision: FlagDecision = { value: 'a"b', variant: 'v"1\n', reason: "static" };
    expect(item(decision, flagOf({ key: 'k"', type: "string" }))).toMatchObject({
      key: 'k"',
      value: 'a"b',
      variant: 'v"1\n',
    });
  });
});
