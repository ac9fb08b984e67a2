import { describe, expect, it } from "vitest";
import { dayOfRun, formatAgo, formatDay } from "../../ui/format/time.ts";
import { statusDetail } from "../../ui/experiments/status.ts";

const DAY = 86_400_000;

describe("formatAgo", () => {
  it.each([
    [0, "just now"],
    [12_000, "12 s ago"],
    [4 * 60_000 + 59_000, "4 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [DAY, "1 day ago"],
    [2.5 * DAY, "2 days ago"],
  ])("says %i ms as %s", (elapsed, words) => {
    expect(formatAgo(elapsed)).toBe(words);
  });
});

describe("formatDay", () => {
  it("keeps the UTC day wherever the reader is", () => {
    expect(formatDay("2026-11-21")).toBe("21 Nov");
  });
});

describe("the day of a run", () => {
  it("is 1 from the first moment, and 2 after 24 hours", () => {
    expect([0, DAY - 1, DAY, 13 * DAY].map((elapsed) => dayOfRun(1000, 1000 + elapsed))).toEqual([1, 1, 2, 14]);
  });

  it("is never below 1 when the clocks disagree", () => {
    expect(dayOfRun(5000, 0)).toBe(1);
  });
});

describe("the status pill", () => {
  const at = Date.parse("2026-11-21T12:00:00Z");
  const experiment = { started_at: "2026-11-19T12:00:00Z", ended_at: null, estimated_duration_days: 14 };

  it("counts the days while an experiment is alive", () => {
    expect(statusDetail({ ...experiment, status: "running" }, at)).toBe("Running · day 3 of 14");
    expect(statusDetail({ ...experiment, status: "paused" }, at)).toBe("Paused · day 3 of 14");
  });

  it("names the day on which it ended", () => {
    expect(statusDetail({ ...experiment, status: "completed", ended_at: "2026-11-20T12:00:00Z" }, at)).toBe(
      "Completed · 20 Nov 2026",
    );
  });

  it("is one word otherwise", () => {
    expect(statusDetail({ ...experiment, started_at: null, status: "draft" }, at)).toBe("Draft");
    expect(statusDetail({ ...experiment, status: "archived" }, at)).toBe("Archived");
  });
});
