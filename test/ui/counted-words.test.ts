import { describe, expect, it } from "vitest";
import { countedWords } from "../../ui/live/counted-words.ts";

describe("countedWords", () => {
  it.each([
    ["conversion", [12_345, 12_345, null], "12,345", "did it"],
    ["retention", [3, 3, null], "3", "came back"],
    ["count", [2, 7, null], "7", "from 2 users"],
    ["sum", [1, 1840.5, null], "1,840.50", "from 1 user"],
    ["quantile", [0, 0, null], "0", "from 0 users"],
    ["mean", [2, 10, 4], "2.50", "10 / 4"],
    ["ratio", [2, 1, 3], "0.33", "1 / 3"],
    ["ratio", [0, 0, 0], "–", "0 / 0"],
    ["time_to_event", [2, 60, null], "30 s", "mean of 2 users"],
    ["time_to_event", [2, 5_400, null], "45 min", "mean of 2 users"],
    ["time_to_event", [1, 5_400, null], "1.50 h", "mean of 1 user"],
    ["time_to_event", [1, 172_800, null], "2 days", "mean of 1 user"],
    ["time_to_event", [0, 0, null], "–", "mean of 0 users"],
  ] as const)("says of a %s with %j: %s, %s", (type, [n, sum, denominator], main, detail) => {
    expect(countedWords(type, { key: "control", n, sum, denominator })).toEqual({ main, detail });
  });
});
