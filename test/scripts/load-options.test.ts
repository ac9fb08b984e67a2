import { describe, expect, it } from "vitest";
import { Failure } from "../../scripts/steps.ts";
import { readOptions, usage } from "../load/options.ts";

describe("npm run load", () => {
  it("sends a million events of a hundred thousand users unless it is told otherwise", () => {
    expect(readOptions([])).toMatchObject({
      workload: { events: 1_000_000, users: 100_000, order: "shuffled" },
      environment: "production",
    });
    expect(readOptions(["--events", "7", "--events-per-second=5"])).toMatchObject({
      workload: { events: 7 },
      eventsPerSecond: 5,
    });
  });

  it.each(["--help", "-h"])("asks for its usage with %s, which names every option", (option) => {
    expect(readOptions([option, "--events", "none"])).toBeUndefined();
    for (const name of ["events", "users", "experiments", "duplicates", "batch", "order", "connections", "probes"])
      expect(usage).toContain(`--${name} `);
  });

  it.each([
    [["--evnets", "7"], "Unknown option '--evnets'. See npm run load -- --help"],
    [["7"], "Unexpected argument '7'. See npm run load -- --help"],
    [["--events"], /^Option '--events <value>' argument missing\. See/],
    [["--events", "many"], "--events is a whole number from 1 to 5000000."],
    [["--events="], "--events is a whole number from 1 to 5000000."],
    [["--duplicates", "1"], "--duplicates is a share from 0 to less than 1."],
    [["--order", "random"], "--order is shuffled or user."],
  ])("says in one line what is wrong with %j", (args, message) => {
    expect(() => readOptions(args)).toThrow(Failure);
    expect(() => readOptions(args)).toThrow(message);
    expect(() => readOptions(args)).not.toThrow("\n");
  });
});
