import { expect, it } from "vitest";
import { dayText } from "../../analytics/day.ts";

it("writes every day as Date does, leap years and centuries included", () => {
  const wrong: number[] = [];
  for (let day = -1000; day < 60_000; day++)
    if (dayText(day) !== new Date(day * 86_400_000).toISOString().slice(0, 10)) wrong.push(day);
  expect(wrong).toEqual([]);
});
