import type { Live } from "../../contract/live.ts";
import type { AdminClient } from "../../scripts/admin-client.ts";

/** Units exposed to each variant, by its key, as the live view counts them now. */
export type ReadExposures = () => Promise<ReadonlyMap<string, number>>;

export interface Freshness {
  readonly probes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const LOOK_EVERY_MS = 150;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Measures how long after its 202 an exposure is in the sums, until `ended`: in each lane, which is a variant of an experiment of
 * its own, one new unit after the other is exposed when the one before has been counted. The answer is the worse by how long the
 * sums are not looked at.
 */
export const probeFreshness = async (
  probe: {
    readonly url: string;
    readonly key: string;
    readonly experimentKey: string;
    readonly lanes: number;
    readonly prefix: string;
    readonly readExposures: ReadExposures;
  },
  ended: AbortSignal,
): Promise<Freshness> => {
  const lags: number[] = [];
  const lanes = Array.from({ length: probe.lanes }, () => ({ sent: 0, takenAt: 0, seen: true }));

  const expose = async (lane: number): Promise<boolean> => {
    const id = `${probe.prefix}-probe-${lane}-${lanes[lane]?.sent}`;
    const answer = await fetch(`${probe.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${probe.key}`, "content-type": "application/json" },
      body: JSON.stringify({
        batch_id: id,
        events: [
          {
            event_id: id,
            type: "exposure",
            timestamp: Date.now(),
            user_id: id,
            experiment_key: probe.experimentKey,
            variant_key: `lane_${lane}`,
          },
        ],
      }),
    });
    await answer.arrayBuffer();
    return answer.status === 202;
  };

  while (!ended.aborted || lanes.some(({ seen }) => !seen)) {
    for (const [index, lane] of lanes.entries())
      if (lane.seen && !ended.aborted && (await expose(index))) {
        lane.sent++;
        lane.seen = false;
        lane.takenAt = performance.now();
      }
    const exposures = await probe.readExposures();
    for (const [index, lane] of lanes.entries())
      if (!lane.seen && (exposures.get(`lane_${index}`) ?? 0) >= lane.sent) {
        lane.seen = true;
        lags.push(performance.now() - lane.takenAt);
      }
    await wait(LOOK_EVERY_MS);
  }
  lags.sort((a, b) => a - b);
  const quantile = (share: number): number => lags[Math.ceil((lags.length - 1) * share)] ?? Number.NaN;
  return { probes: lags.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
};

/** Reads the live view of an experiment. */
export const exposuresOf =
  (admin: AdminClient, experimentKey: string, environment: string): ReadExposures =>
  async () => {
    const { variants } = await admin.get<Live>(`/experiments/${experimentKey}/live?environment=${environment}`);
    return new Map(variants.map(({ key, exposures }) => [key, exposures]));
  };
