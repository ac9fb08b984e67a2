import type { EventReceipt } from "../../contract/event.ts";
import type { ExposureBatch } from "./env.ts";

/** Before each attempt, in ms; together well within the 30 s that a Worker may live after its answer. */
const DELAYS_MS = [0, 500, 2000, 6000];

/**
 * Records exposures, trying a few times. Every attempt carries the same ids, so that one which arrived without our knowing is
 * counted once. Never throws: an exposure that is lost is logged, for nobody is left to tell.
 */
export const recordExposure = async (
  record: (batch: ExposureBatch) => Promise<EventReceipt>,
  batch: ExposureBatch,
  sleep: (ms: number) => Promise<void>,
): Promise<void> => {
  let reason: unknown;
  for (const delay of DELAYS_MS) {
    if (delay > 0) await sleep(delay);
    try {
      const { rejected } = await record(batch);
      for (const { code, message } of rejected) console.error({ event: "exposure_rejected", code, message });
      return;
    } catch (error) {
      reason = error;
    }
  }
  console.error({ event: "exposure_lost", batch_id: batch.batch_id, error: String(reason) });
};
