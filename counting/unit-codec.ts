import type { Contribution, RecentEvent, UnitState } from "./unit-state.ts";

/** `[kind, event_id, at, received_at − at, …]`: times are near one another, and differences are short. */
type EncodedEvent =
  | ["e", string, number, number, string, string]
  | ["m", string, number, number, string, Readonly<Record<string, number>>?]
  | ["o", string, number, number];

type Encoded = [
  format: 1,
  newest: number,
  recent: EncodedEvent[],
  exposures: [experiment_id: string, at: number, variant_id: string, variants: readonly string[]][],
  settled: [experiment_id: string, [metric_id: string, events: number, sum: string][]][],
  counted: [experiment_id: string, phase: number, day: number, variant_id: string, [string, string][]][],
];

const encodeEvent = (event: RecentEvent): EncodedEvent => {
  const { event_id, at } = event;
  const lag = event.received_at - at;
  if (event.kind === "exposure") return ["e", event_id, at, lag, event.experiment_id, event.variant_id];
  if (event.kind === "elsewhere") return ["o", event_id, at, lag];
  return Object.keys(event.values).length === 0
    ? ["m", event_id, at, lag, event.name]
    : ["m", event_id, at, lag, event.name, event.values];
};

const decodeEvent = (encoded: EncodedEvent): RecentEvent => {
  const [kind, event_id, at, lag] = encoded;
  const common = { event_id, at, received_at: at + lag };
  if (kind === "e") return { ...common, kind: "exposure", experiment_id: encoded[4], variant_id: encoded[5] };
  if (kind === "o") return { ...common, kind: "elsewhere" };
  return { ...common, kind: "metric", name: encoded[4], values: encoded[5] ?? {} };
};

/** The state as one compact text. */
export const encodeUnit = (state: UnitState): string => {
  const encoded: Encoded = [
    1,
    state.newest,
    [...state.recent.values()].map(encodeEvent),
    [...state.exposures].map(([id, { at, variant_id, variants }]) => [id, at, variant_id, variants]),
    [...state.settled].map(([id, totals]) => [
      id,
      [...totals].map(([metric_id, { events, sum }]) => [metric_id, events, String(sum)]),
    ]),
    [...state.counted].map(([id, { phase, day, variant_id, totals }]) => [
      id,
      phase,
      day,
      variant_id,
      [...totals].map(([metric_id, total]) => [metric_id, String(total)]),
    ]),
  ];
  return JSON.stringify(encoded);
};

/** The opposite of {@link encodeUnit}. Throws for a text that it did not write. */
export const decodeUnit = (text: string): UnitState => {
  const encoded = JSON.parse(text) as Encoded;
  if (!Array.isArray(encoded) || encoded[0] !== 1) throw new Error("A unit is stored in a format that is not known.");
  const [, newest, recent, exposures, settled, counted] = encoded;
  return {
    newest,
    recent: new Map(recent.map((event) => [event[1], decodeEvent(event)])),
    exposures: new Map(exposures.map(([id, at, variant_id, variants]) => [id, { at, variant_id, variants }])),
    settled: new Map(
      settled.map(([id, totals]) => [
        id,
        new Map(totals.map(([metric_id, events, sum]) => [metric_id, { events, sum: BigInt(sum) }])),
      ]),
    ),
    counted: new Map(
      counted.map(([id, phase, day, variant_id, totals]): [string, Contribution] => [
        id,
        { phase, day, variant_id, totals: new Map(totals.map(([metric_id, total]) => [metric_id, BigInt(total)])) },
      ]),
    ),
  };
};
