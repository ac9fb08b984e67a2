import murmurhash from "murmurhash";
import type { Experiment } from "../../contract/experiment.ts";

/** What is sent along with a decision in these runs. */
export interface Visitor {
  readonly user_id: string;
  readonly context: { country: string; platform: string; visits: number };
}

/** Design section 4, word for word, on the npm package: shares no line with core/. */
const bucket = (unit: string, salt: string): number => murmurhash.v3(`${unit}:${salt}`, 0) % 10_000;

/**
 * The variant that the assignment contract gives a visitor of the example experiment, or why there is none.
 * Reads salts, slots and weights from what `GET /api/v1/experiments/:key` shows.
 */
export const expectedDecision = (
  experiment: Experiment,
  { user_id, context }: Visitor,
): { reason: "outside_slot" | "targeting" } | { reason: "assigned"; variant: Experiment["variants"][number] } => {
  const layerBucket = bucket(user_id, experiment.layer.salt);
  const inside = experiment.slots.some((slot) => slot.range_start <= layerBucket && layerBucket <= slot.range_end);
  if (!inside) return { reason: "outside_slot" };
  const eligible =
    ["US", "CA"].includes(context.country) && ["web", "ios"].includes(context.platform) && context.visits > 1;
  if (!eligible) return { reason: "targeting" };
  const variantBucket = bucket(user_id, experiment.salt);
  let upper = 0;
  for (const variant of experiment.variants) {
    upper += variant.weight_bp;
    if (variantBucket < upper) return { reason: "assigned", variant };
  }
  throw new Error("The weights do not sum to 10,000.");
};
