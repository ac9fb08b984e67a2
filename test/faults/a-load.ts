import { expect } from "vitest";
import { ledgerMistakes } from "../load/report.ts";
import { type LoadReport, runLoad, type Target } from "../load/run-load.ts";
import type { Workload } from "../load/workload.ts";

/** A load that goes on while something breaks. */
export interface RunningLoad {
  /** Resolves when that share of the events has been taken. */
  untilTaken(share: number): Promise<void>;
  /** Resolves when all of it is counted, or nothing moves any more. */
  readonly report: Promise<LoadReport>;
}

/** Some thousand events of a few hundred users in two experiments, a tenth of them sent twice. */
export const startLoad = (
  target: Target,
  change: Partial<Workload> & { readonly eventsPerSecond?: number; readonly resend?: boolean } = {},
): RunningLoad => {
  const { eventsPerSecond = 2_000, resend = false, ...workload } = change;
  let taken = 0;
  let all = Number.POSITIVE_INFINITY;
  const waiting: { readonly share: number; readonly resolve: () => void }[] = [];
  const advanceOf =
    (total: number) =>
    (by: number): void => {
      taken += by;
      all = total;
      for (const { share, resolve } of waiting) if (taken >= share * all) resolve();
    };
  const report = runLoad(target, {
    workload: {
      events: 6_000,
      users: 400,
      experiments: 2,
      duplicates: 0.1,
      batch: 20,
      order: "shuffled",
      seed: 7,
      now: Date.now(),
      ...workload,
    },
    connections: 8,
    eventsPerSecond,
    resend,
    // Longer than a message may be put off.
    patienceMs: 60_000,
    probes: 0,
    onStage: (title, total) => (title === "Events sent" ? advanceOf(total) : () => undefined),
  });
  return {
    report,
    untilTaken: (share) =>
      // Whoever waits for a load that has failed hears of it.
      Promise.race([
        new Promise<void>((resolve) => {
          if (taken >= share * all) resolve();
          else waiting.push({ share, resolve });
        }),
        report.then(() => undefined),
      ]),
  };
};

/** The ledger is at 0, every fate is what was sent, see {@link ledgerMistakes}, and every cell is exact. */
export const expectExact = (report: LoadReport, fates: "apart" | "together" = "apart"): void => {
  expect(report.load.reference.cells.size).toBeGreaterThan(50);
  // A whole list of differences helps nobody.
  const cells = report.comparison.differences.slice(0, 3);
  expect({ ledger: ledgerMistakes(report, fates), cells }).toEqual({ ledger: [], cells: [] });
};
