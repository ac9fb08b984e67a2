import { describe, expect, it } from "vitest";
import { decodeUnit, encodeUnit } from "../../counting/unit-codec.ts";
import type { RecentEvent, UnitState } from "../../counting/unit-state.ts";

describe("encodeUnit", () => {
  it("keeps everything, down to sums that no double can hold", () => {
    const state: UnitState = {
      newest: 1_788_480_000_000,
      recent: new Map<string, RecentEvent>([
        ["x", { kind: "exposure", event_id: "x", at: 10, received_at: 20, experiment_id: "e1", variant_id: "v1" }],
        ["m", { kind: "metric", event_id: "m", at: 30, received_at: 5, name: "buy", values: { value: -3, tax: 0 } }],
        ["n", { kind: "metric", event_id: "n", at: 30, received_at: 30, name: "see", values: {} }],
        ["o", { kind: "elsewhere", event_id: "o", at: 1, received_at: 1 }],
      ]),
      exposures: new Map([["e2", { at: 5, variant_id: "v2", variants: ["v1", "v2"] }]]),
      settled: new Map([["e2", new Map([["m1", { events: 3, sum: 12_345_678_901_234_567_890n }]])]]),
      counted: new Map([["e1", { phase: 2, day: 20_700, variant_id: "v1", totals: new Map([["m1", -5n]]) }]]),
    };
    expect(decodeUnit(encodeUnit(state))).toEqual(state);
  });

  it.each(["[2,0]", "{}", "null"])("does not read %s, which it did not write", (text) => {
    expect(() => decodeUnit(text)).toThrow("not known");
  });
});
