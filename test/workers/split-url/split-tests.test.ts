import { describe, expect, it } from "vitest";
import type { Ruleset, RulesetExperiment } from "../../../contract/ruleset.ts";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { compileSplitTests, splitOf, testsAt } from "../../../workers/split-url/split-tests.ts";
import { anExperiment, aRuleset } from "../../core/a-ruleset.ts";

/** A split-URL test that sends everyone to `target`. */
const aTest = (key: string, url: string, target: string | null, change: Partial<RulesetExperiment> = {}) =>
  anExperiment({
    key,
    type: "split_url",
    unit_type: "device_id",
    url,
    variants: [
      { id: `${key}-c`, key: "control", weight_bp: 0, is_control: true, config: null },
      {
        id: `${key}-t`,
        key: "treatment",
        weight_bp: 10_000,
        is_control: false,
        config: target === null ? null : { url: target },
      },
    ],
    ...change,
  });

const compiledFrom = (change: Partial<Ruleset>) => compileSplitTests(encodeRuleset(aRuleset(change)));
const compiled = (...experiments: RulesetExperiment[]) => compiledFrom({ experiments });
const now = 1_000_000;
const page = (path: string): URL => new URL(path, "https://shop.example");
const split = (tests: ReturnType<typeof compiled>, path: string) => {
  const found = splitOf(tests, page(path), { deviceId: "d-1", context: {}, now });
  return found && [found.assignment.experiment_key, found.redirect?.href.replace("https://shop.example", "")];
};

describe("testsAt", () => {
  const tests = compiled(
    aTest("any", "/landing", "/b"),
    aTest("here", "https://shop.example/landing/", "/c"),
    aTest("elsewhere", "https://other.example/landing", "/d"),
    aTest("paused", "/landing", "/e", { status: "paused" }),
    aTest("home", "/", "/f"),
    anExperiment({ key: "ab" }),
  );

  it.each(["/landing", "/landing/", "/landing?a=1", "/landing#top"])("finds the running tests of %s", (path) => {
    expect(testsAt(tests, page(path), now)).toEqual(["here", "any"]);
  });

  it.each(["/landing-b", "/landing/more", "/Landing", "/shop"])("finds none at %s", (path) => {
    expect(testsAt(tests, page(path), now)).toEqual([]);
  });

  it.each([
    [{ starts_at: now }, ["dated"]],
    [{ starts_at: now + 1 }, []],
    [{ ends_at: now + 1 }, ["dated"]],
    [{ ends_at: now }, []],
  ])("finds a test with the dates %j at %j", (dates, found) => {
    expect(testsAt(compiled(aTest("dated", "/p", "/q", dates)), page("/p"), now)).toEqual(found);
  });

  it("finds the test of the front page", () => {
    expect(testsAt(tests, page("/"), now)).toEqual(["home"]);
  });
});

describe("splitOf", () => {
  it("takes the first test that the visitor is in", () => {
    const nobody = { slots: [] };
    expect(
      split(compiled(aTest("a", "/p", "/a", nobody), aTest("b", "/p", "/b"), aTest("c", "/p", "/c")), "/p"),
    ).toEqual(["b", "/b"]);
  });

  it("lets a variant without a page of its own stay", () => {
    expect(split(compiled(aTest("a", "/p", null)), "/p")).toEqual(["a", undefined]);
  });

  it("sees nobody in a test of another unit type, nor where the environment is off", () => {
    expect(split(compiled(aTest("a", "/p", "/q", { unit_type: "user_id" })), "/p")).toBeUndefined();
    const off = compiledFrom({ enabled: false, experiments: [aTest("a", "/p", "/q")] });
    expect(split(off, "/p")).toBeUndefined();
    expect(testsAt(off, page("/p"), now)).toEqual([]);
  });

  it("follows one test into another", () => {
    const tests = compiled(aTest("a", "/p", "/q"), aTest("b", "/q", "/r"));
    expect([split(tests, "/p"), split(tests, "/q")]).toEqual([
      ["a", "/q"],
      ["b", "/r"],
    ]);
  });

  it("exposes nobody and redirects nobody where two tests would send a visitor back and forth", () => {
    const tests = compiled(aTest("a", "/p", "/q"), aTest("b", "/q/", "/p?x=1"));
    expect([split(tests, "/p"), split(tests, "/q"), split(tests, "/p?x=1")]).toEqual([undefined, undefined, undefined]);
  });

  it("sends a visitor to a page whose own tests go in a circle that ends there", () => {
    const tests = compiled(aTest("x", "/x", "/p"), aTest("a", "/p", "/q"), aTest("b", "/q", "/p"));
    expect([split(tests, "/x"), split(tests, "/p")]).toEqual([["x", "/p"], undefined]);
  });

  it("lets a test of parameters settle", () => {
    const tests = compiled(aTest("a", "/p", "/p?v=2"));
    expect([split(tests, "/p?v=1"), split(tests, "/p?v=2")]).toEqual([
      ["a", "/p?v=2"],
      ["a", undefined],
    ]);
  });

  it("sends a visitor to the page that was chosen for it, and says so", () => {
    const override = {
      experiment: "a",
      unit_type: "device_id",
      unit_hash: unitHash("device_id", "d-1"),
      variant: "control",
    };
    const tests = compiledFrom({ experiments: [aTest("a", "/p", "/q")], overrides: [override] });
    const found = splitOf(tests, page("/p"), { deviceId: "d-1", context: {}, now });
    expect([found?.assignment.reason, found?.assignment.variant_key, found?.redirect]).toEqual([
      "override",
      "control",
      undefined,
    ]);
    expect(split(tests, "/p")).toEqual(["a", undefined]);
  });

  it("leaves out a variant whose page is no URL", () => {
    expect(split(compiled(aTest("a", "/p", "http://[bad")), "/p")).toBeUndefined();
  });
});
