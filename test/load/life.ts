import { seededRandom } from "../random.ts";
import type { Workload } from "./workload.ts";

const DAY = 86_400_000;
/** The eldest event of those that count; a day is left for clocks and slow loads. */
const SPAN_MS = 6 * DAY;
/** Older than events may be. */
const LATE_MS = 8 * DAY;

const COUNTRIES = ["DE", "US", "FR", "BR", "JP", "IN", "NG"] as const;
const DEVICES = ["mobile", "desktop", "tablet"] as const;

export interface Exposure {
  readonly kind: "exposure";
  /** ms since 1970. */
  readonly at: number;
  /** Index of the experiment. */
  readonly experiment: number;
  /** 0 is the control, 1 the treatment. */
  readonly variant: 0 | 1;
  readonly country: string;
  readonly device: string;
}

export interface Purchase {
  readonly kind: "purchase";
  readonly at: number;
  readonly cents: number;
  readonly items: number;
}

/** `late` is too old to count, `invalid` is refused, `view` is an event of which no metric knows. */
export interface Other {
  readonly kind: "view" | "late" | "invalid";
  readonly at: number;
}

export type LifeEvent = Exposure | Purchase | Other;

const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)] as T;

/** The order sizes of a shop: skewed, in cents. */
const orderCents = (random: () => number): number => Math.max(1, Math.round(-Math.log(1 - random()) * 6_000));

/**
 * What one user does, in no order of time: `count` distinct events. He meets about half of the experiments, sometimes twice, now
 * and then in both variants, and buys before and after he does.
 */
export const lifeOf = (user: number, count: number, { experiments, seed, now }: Workload): LifeEvent[] => {
  const random = seededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(user + 1, 0xc2b2ae35));
  const life: LifeEvent[] = [];
  const country = pick(COUNTRIES, random);
  const device = pick(DEVICES, random);
  for (let experiment = 0; experiment < experiments && life.length < count; experiment++) {
    if (random() < 0.5) continue;
    const at = now - Math.floor(random() * SPAN_MS) - 60_000;
    const variant = random() < 0.5 ? 0 : 1;
    life.push({ kind: "exposure", at, experiment, variant, country, device });
    if (random() > 0.12 || life.length >= count) continue;
    const other = random() < 0.2 ? ((1 - variant) as 0 | 1) : variant;
    const later = at + 1 + Math.floor(random() * (now - at - 1));
    life.push({ kind: "exposure", at: later, experiment, variant: other, country, device: pick(DEVICES, random) });
  }
  while (life.length < count) {
    const at = now - Math.floor(random() * SPAN_MS);
    const kind = random();
    if (kind < 0.003) life.push({ kind: "late", at: now - LATE_MS });
    else if (kind < 0.005) life.push({ kind: "invalid", at });
    else if (kind < 0.5) life.push({ kind: "view", at });
    else life.push({ kind: "purchase", at, cents: orderCents(random), items: 1 + Math.floor(random() * 5) });
  }
  return life;
};

/** An event as JSON, as `POST /v1/events` takes it: exposures with a time in ISO 8601, the others in ms. */
export const eventText = (
  event: LifeEvent,
  {
    id,
    userId,
    experimentKeys,
  }: { readonly id: string; readonly userId: string; readonly experimentKeys: readonly string[] },
): string => {
  const head = `{"event_id":"${id}","user_id":"${userId}"`;
  if (event.kind === "exposure") {
    const variant = event.variant === 0 ? "control" : "treatment";
    const timestamp = new Date(event.at).toISOString();
    return `${head},"type":"exposure","timestamp":"${timestamp}","experiment_key":"${experimentKeys[event.experiment]}","variant_key":"${variant}","context":{"country":"${event.country}","device":"${event.device}"}}`;
  }
  const metric = `${head},"type":"metric","timestamp":${event.at}`;
  if (event.kind === "view") return `${metric},"name":"load_view","properties":{"path":"/products/${event.at % 100}"}}`;
  if (event.kind === "purchase")
    return `${metric},"name":"load_purchase","value":${event.cents / 100},"properties":{"items":${event.items},"currency":"EUR"}}`;
  return `${metric},"name":"load_purchase","value":${event.kind === "invalid" ? '"12"' : 1}}`;
};
