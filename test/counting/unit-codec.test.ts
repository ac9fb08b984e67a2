import { describe, expect, it } from "vitest";
import { newMetricTally, newSides } from "../../counting/tally.ts";
import { Terms } from "../../counting/terms.ts";
import { decodeUnit, encodeUnit } from "../../counting/unit-codec.ts";
import type { Block, UnitState } from "../../counting/unit-state.ts";
import { seededRandom } from "../random.ts";
import { countingPlan } from "../../counting/counting-plan.ts";
import { aMessage, aMetric, anExperiment, anExposure, aPurchase, aRuleset, aSide, HORIZON, T0 } from "./fixtures.ts";
import { createMemoryShard } from "./memory-shard.ts";

const NOW = 1_788_480_000_000;

describe("encodeUnit", () => {
  it("keeps everything, down to sums that no double can hold", () => {
    const terms = new Terms(["{}", "v1", "v2", "country", "met"]);
    const block: Block = {
      at: NOW - 20,
      variant: 2,
      variants: [2, 1],
      dimensions: new Map([[3, "Österreich"]]),
      members: new Set([2 ** 53 - 1, 0]),
      tallies: new Map([
        [
          4,
          {
            counted: { events: 3, sum: 12_345_678_901_234_567_890n, denominatorEvents: 1, denominatorSum: -5 },
            before: { ...newSides(), events: 1, sum: -(2 ** 52) },
            ages: new Map([[27, { ...newSides(), events: 2, sum: 2 ** 53 - 1 }]]),
            first: NOW - 10,
            credit: [1, -(2n ** 70n)],
          },
        ],
        [1, newMetricTally()],
      ]),
    };
    const state: UnitState = {
      newest: NOW,
      recent: [
        { kind: "elsewhere", id: 2 ** 53 - 1, at: NOW - 9_000_000_000, received_at: NOW - 9_000_000_000 },
        {
          kind: "metric",
          id: 5,
          at: NOW - 1000,
          received_at: NOW,
          readings: [
            { side: 300, value: 1_000_000 },
            { side: 1, value: -19_990_000 },
            { side: 2, value: 1e15 - 1 },
            { side: 3, value: undefined },
            { side: 4, value: 0 },
            { side: 5, value: 1 },
            { side: 6, value: 2 },
          ],
          team: 2,
        },
        { kind: "metric", id: 6, at: NOW - 1000, received_at: NOW, readings: [], team: undefined },
        {
          kind: "exposure",
          id: 7,
          at: NOW + 600_000,
          received_at: NOW - 5,
          experiment: 1,
          variant: 2,
          dimensions: [{ name: 3, value: "a value" }],
          member: 77,
        },
      ],
      experiments: [
        { definition: 0, blocks: new Map([[0, block]]), frozen: null },
        {
          definition: 0,
          blocks: new Map(),
          frozen: { blocks: new Map([[-3, block]]), places: new Map([[1, 2]]) },
        },
      ],
      daily: new Map([
        [
          2,
          new Map([
            [20_700, { events: 2, sum: 2n ** 60n }],
            [20_690, { events: 1, sum: -1 }],
          ]),
        ],
      ]),
    };
    const bytes = encodeUnit(state, terms);
    expect(decodeUnit(bytes, terms)).toEqual(state);
    expect(decodeUnit(bytes, new Terms(terms.since(0)))).toEqual(state);
  });

  it("keeps values of dimensions as they are when there are too many to be terms", () => {
    const terms = new Terms(Array.from({ length: 20_000 }, (_, index) => `term ${index}`));
    const dimensions = ["term 7", "new"].map((value, name) => ({ name, value }));
    const exposure = { kind: "exposure" as const, id: 1, at: NOW, received_at: NOW, experiment: 0, variant: 1 };
    const recent = [{ ...exposure, dimensions, member: undefined }];
    const state: UnitState = { newest: NOW, recent, experiments: [], daily: new Map() };
    expect(decodeUnit(encodeUnit(state, terms), terms)).toEqual(state);
    expect(terms.size).toBe(20_000);
  });

  it.each([[[]], [[1, 0]], [[2, 130]]])("does not read %s, which it did not write", (bytes) => {
    expect(() => decodeUnit(new Uint8Array(bytes), new Terms())).toThrow();
  });

  it("takes at most 200 bytes for a unit in 3 experiments with 3 dimensions and an event for each of 5 metrics", () => {
    const random = seededRandom(20_261_121);
    const hex = (digits: number) =>
      Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
    const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
    const metrics = [
      aMetric({ id: `met_${hex(8)}` }),
      aMetric({ id: `met_${hex(8)}`, type: "sum" }),
      aMetric({ id: `met_${hex(8)}`, numerator: aSide({ event: "add_to_cart", value: null }) }),
      aMetric({ id: `met_${hex(8)}`, type: "count", numerator: aSide({ event: "page_view", value: null }) }),
      aMetric({ id: `met_${hex(8)}`, type: "quantile", quantile: 0.9, numerator: aSide({ event: "page_load" }) }),
    ];
    const experiments = Array.from({ length: 3 }, () =>
      anExperiment({
        id: `exp_${hex(8)}`,
        metrics: metrics.map(({ id }) => ({ id, role: "secondary" as const })),
        dimensions: ["country", "device", "browser"],
      }),
    );
    const plan = countingPlan(aRuleset({ metrics, experiments }), 1, HORIZON);
    const shard = createMemoryShard();
    const [units, context] = [
      [["user_id", uuid()] as [string, string]],
      { country: "DE", device: "phone", browser: "Firefox" },
    ];
    const at = T0 + 1_234_567;
    const exposures = experiments.map(({ key }) =>
      anExposure({ event_id: uuid(), at, units, experiment_key: key, context }),
    );
    const events = ["page_view", "page_load", "add_to_cart", "purchase", "page_view"].map((name, index) =>
      aPurchase({ event_id: uuid(), at: at + (index + 1) * 17_311, units, name, value: 19.99 }),
    );
    // Two batches, as a browser sends them.
    shard.apply([aMessage({ message_id: "m", received_at: at + 3211, events: exposures })], plan);
    shard.apply([aMessage({ message_id: "n", received_at: at + 90_123, events })], plan);
    expect(shard.ledger().applied).toBe(8);
    expect(shard.state(...(units[0] ?? ["", ""])).length).toBeLessThanOrEqual(200);
  });
});
