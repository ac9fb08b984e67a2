import type { IntakeRules } from "../../workers/ingest/intake-rules.ts";

export const BATCH_EVENTS = 50;

const EXPERIMENTS = ["checkout_button", "landing_page", "search_ranking", "free_shipping", "onboarding_tour"];

export const rules: IntakeRules = {
  environment: "production",
  generation: 1,
  shards: 8,
  keys: new Map(),
  unitIdSalt: undefined,
  experiments: new Map(
    EXPERIMENTS.map((key) => [
      key,
      { unitType: "user_id", variants: new Set(["control", "treatment"]), overridden: new Map() },
    ]),
  ),
};

/** Looks random, and is the same every time. */
const uuid = (number: number): string => {
  const hex = (seed: number): string => (Math.imul(number + seed, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  const text = hex(1) + hex(77) + hex(555) + hex(9_001);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
};

/**
 * Bodies of requests with {@link BATCH_EVENTS} events each, a fifth of them exposures, of so many users each. A user also has
 * a device; a purchase has three properties.
 */
export const someBatches = (count: number, usersPerBatch: number): { batch_id: string; events: object[] }[] =>
  Array.from({ length: count }, (_, batch) => ({
    batch_id: uuid(batch * 7_919),
    sent_at: 1_795_000_000_000,
    events: Array.from({ length: BATCH_EVENTS }, (__, index) => {
      const number = batch * BATCH_EVENTS + index;
      const user = batch * usersPerBatch + (index % usersPerBatch);
      const event = { event_id: uuid(number), timestamp: 1_794_990_000_000 + number, user_id: uuid(user * 31) };
      if (number % 5 === 0)
        return {
          ...event,
          type: "exposure",
          units: { device_id: uuid(user * 17) },
          experiment_key: EXPERIMENTS[(number / 5) % EXPERIMENTS.length] ?? "",
          variant_key: number % 2 === 0 ? "control" : "treatment",
          config_version: 12,
        };
      return {
        ...event,
        type: "metric",
        name: number % 3 === 0 ? "purchase" : "page_view",
        ...(number % 3 === 0 && { value: (number % 9_973) / 100 }),
        properties: { page: `/products/${number % 500}`, currency: "EUR", items: number % 7 },
      };
    }),
  }));
