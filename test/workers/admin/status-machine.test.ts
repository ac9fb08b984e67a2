import { describe, expect, it } from "vitest";
import { ExperimentStatus } from "../../../contract/experiment.ts";
import { actionOf, checkTransition } from "../../../workers/admin/status-machine.ts";
import { Problem } from "../../../workers/http/problem.ts";

const ALLOWED = [
  "draft running",
  "draft archived",
  "running paused",
  "running completed",
  "paused running",
  "paused completed",
  "completed archived",
];
const all = ExperimentStatus.options;

describe("an experiment's status", () => {
  it.each(all.flatMap((from) => all.map((to) => [from, to] as const)))("from %s to %s is as designed", (from, to) => {
    let refusal: unknown;
    try {
      checkTransition(from, to);
    } catch (error) {
      refusal = error;
    }
    expect(refusal instanceof Problem ? refusal.code : "allowed").toBe(
      ALLOWED.includes(`${from} ${to}`) ? "allowed" : "status_not_allowed",
    );
  });

  it("says what is allowed when it refuses", () => {
    expect(() => checkTransition("paused", "draft")).toThrow(/paused cannot become draft.*running or completed/);
    expect(() => checkTransition("archived", "running")).toThrow(/stays archived/);
  });

  it("tells a start from a resumption in the audit trail", () => {
    expect([actionOf("draft", "running"), actionOf("paused", "running"), actionOf("running", "paused")]).toEqual([
      "experiment.start",
      "experiment.resume",
      "experiment.pause",
    ]);
  });
});
