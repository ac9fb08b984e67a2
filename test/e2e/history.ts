import { shuffled } from "../random.ts";

/** One event as it is sent. */
export type SentEvent = Record<string, unknown> & { event_id: string };

export interface SentBatch {
  readonly batch_id: string;
  readonly events: readonly SentEvent[];
}

/** What the platform must report for one variant. */
export interface ExpectedVariant {
  exposures: number;
  conversions: number;
  /** In cents, capped per user as the metric says. */
  revenueCents: number;
}

export interface History {
  readonly events: readonly SentEvent[];
  readonly expected: ReadonlyMap<string, ExpectedVariant>;
  readonly crossovers: number;
  /** Events older than seven days when they arrive. */
  readonly late: number;
}

const HOUR = 3_600_000;
const CAP_CENTS = 50_000;

/**
 * A made-up life of an experiment: each assigned user is exposed (some again later, some to two variants by a client's
 * mistake) and buys between zero and three times before and after the exposure; users without a variant buy too.
 * The expected sums come from the history itself by the definitions of the metrics, with no code of the product.
 */
export const makeHistory = (
  experimentKey: string,
  users: readonly { user_id: string; variant: string | undefined }[],
  variantKeys: readonly string[],
  now: number,
  random: () => number,
): History => {
  const expected = new Map(variantKeys.map((key) => [key, { exposures: 0, conversions: 0, revenueCents: 0 }]));
  const events: SentEvent[] = [];
  let crossovers = 0;
  let late = 0;
  const add = (at: number, event: Record<string, unknown>): void => {
    events.push({ event_id: crypto.randomUUID(), timestamp: new Date(at).toISOString(), ...event });
  };
  for (const { user_id, variant } of users) {
    const exposedAt = Math.floor(now - (2 + random() * 96) * HOUR);
    const isCrossover = variant !== undefined && random() < 0.01;
    const expose = (at: number, variant_key: string): void =>
      add(at, { type: "exposure", user_id, experiment_key: experimentKey, variant_key });
    if (variant !== undefined) {
      expose(exposedAt, variant);
      if (random() < 0.3) expose(exposedAt + Math.floor(random() * HOUR), variant);
      const other = variantKeys.find((key) => key !== variant);
      if (isCrossover && other !== undefined) {
        expose(exposedAt + 1000, other);
        crossovers += 1;
      }
    }
    let counted = 0;
    let cents = 0;
    for (let purchases = Math.floor(random() * 4); purchases > 0; purchases -= 1) {
      const at = Math.floor(exposedAt + (random() * 3 - 1) * HOUR);
      const valueCents = Math.floor(random() * 30_000);
      add(at, { type: "metric", user_id, name: "purchase", value: valueCents / 100 });
      if (at < exposedAt) continue;
      counted += 1;
      cents += valueCents;
    }
    if (random() < 0.02) {
      add(now - 8 * 24 * HOUR, { type: "metric", user_id, name: "purchase", value: 1 });
      late += 1;
    }
    const sums = variant === undefined || isCrossover ? undefined : expected.get(variant);
    if (sums) {
      sums.exposures += 1;
      sums.conversions += counted > 0 ? 1 : 0;
      sums.revenueCents += Math.min(cents, CAP_CENTS);
    }
  }
  return { events, expected, crossovers, late };
};

/** Cuts the events into batches in a random order; every fifth batch is there twice. */
export const inBatches = (events: readonly SentEvent[], size: number, random: () => number): SentBatch[] => {
  const mixed = shuffled(events, random);
  const batches: SentBatch[] = [];
  for (let start = 0; start < mixed.length; start += size)
    batches.push({ batch_id: crypto.randomUUID(), events: mixed.slice(start, start + size) });
  const twice = batches.filter((_, index) => index % 5 === 0);
  return shuffled([...batches, ...twice], random);
};
