import { describe, expect, it } from "vitest";
import { mixtureSprt } from "../../analytics/msprt.ts";
import { addLook, NO_LOOK, type RunningInference } from "../../analytics/running-inference.ts";

const after = (...looks: readonly (readonly [difference: number, variance: number])[]): RunningInference =>
  looks.reduce(
    (running, [difference, variance]) => addLook(running, mixtureSprt(difference, variance, 1, 0.05)),
    NO_LOOK,
  );

describe("the running inference", () => {
  it("keeps the smallest p-value and what the intervals have in common", () => {
    const early = after([1, 0.05]);
    const both = after([1, 0.05], [0.9, 0.2]);
    expect(both).toEqual(early);
    expect(after([0.9, 0.2], [1, 0.05])).toEqual(early);
  });

  it("is not changed by a look without variance", () => {
    expect(after([1, 0.05], [3, 0])).toEqual(after([1, 0.05]));
    expect(after([1, 0])).toEqual(NO_LOOK);
  });

  it("shows the present interval from when no effect is in all of them", () => {
    const now = after([-1, 0.01]);
    const moved = after([1, 0.01], [-1, 0.01]);
    expect(moved).toMatchObject({ moved: true, interval: now.interval });
    expect(moved.intersection[0]).toBeGreaterThan(moved.intersection[1]);
    expect(after([1, 0.01], [-1, 0.01], [0, 0.01])).toMatchObject({ moved: true, interval: after([0, 0.01]).interval });
  });
});
